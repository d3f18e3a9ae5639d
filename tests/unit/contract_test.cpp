// Holds the table against the embedded objects, without root: every program of the table is there,
// optional, and of the kind and target that its row says; no program is missing from the table.
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <vector>

#include "catalog/mechanism.h"
#include "kernel/bpf_object.h"

namespace asynclat {
namespace {

// Programs that user space runs itself; attached to nothing.
const std::set<std::string> kUnattached = {"al_init", "al_sweep", "al_tell_all"};

using Object = std::unique_ptr<bpf_object, void (*)(bpf_object*)>;

// An object comes in two builds.
struct Build {
	std::string name;
	bool cas;
};

std::ostream& operator<<(std::ostream& out, const Build& build) {
	return out << build.name << (build.cas ? "" : " without compare-and-swap");
}

Object open_object(const Build& build) {
	const auto bytes = embedded_object(build.name, build.cas);
	return {bpf_object__open_mem(bytes.data(), bytes.size(), nullptr), bpf_object__close};
}

std::vector<Build> objects() {
	std::set<std::string> names;
	for (const Mechanism& m : catalog()) names.emplace(m.object);
	std::vector<Build> builds;
	for (const std::string& name : names)
		for (const bool cas : {true, false}) builds.push_back({name, cas});
	return builds;
}

std::map<std::string, const Hook*> hooks_of(std::string_view object) {
	std::map<std::string, const Hook*> hooks;
	for (const Mechanism& m : catalog())
		if (m.object == object)
			for (const Point& p : m.points)
				for (const Hook& h : p.any_of) hooks[std::string(h.program)] = &h;
	return hooks;
}

// Programs that keep arguments for those of kretprobes, by name, and whose they are.
std::map<std::string, const Hook*> entries_of(std::string_view object) {
	std::map<std::string, const Hook*> entries;
	for (const auto& [program, hook] : hooks_of(object))
		if (!hook->entry.empty()) entries[std::string(hook->entry)] = hook;
	return entries;
}

TEST(Contract, EveryProgramOfTheTableIsInItsObject) {
	for (const Build& build : objects()) {
		const Object object = open_object(build);
		ASSERT_TRUE(object) << build;
		for (const auto& [program, hook] : hooks_of(build.name)) {
			const bpf_program* p = bpf_object__find_program_by_name(object.get(), program.c_str());
			ASSERT_TRUE(p) << build << " lacks " << program;
			EXPECT_FALSE(bpf_program__autoload(p)) << program << " is not optional";
			EXPECT_EQ(bpf_program__section_name(p),
					  hook->kind == HookKind::hwbp
						  ? "perf_event"
						  : fmt::format("{}/{}", hook_kind_name(hook->kind), hook->target))
				<< program;
			EXPECT_LE(program.size(), 15U) << program << ": the kernel cuts longer names";
		}
	}
}

TEST(Contract, AnEntryIsAKprobeOfItsKretprobesFunction) {
	size_t found = 0;
	for (const Build& build : objects()) {
		const Object object = open_object(build);
		ASSERT_TRUE(object) << build;
		for (const auto& [program, hook] : entries_of(build.name)) {
			const bpf_program* p = bpf_object__find_program_by_name(object.get(), program.c_str());
			ASSERT_TRUE(p) << build << " lacks " << program;
			EXPECT_FALSE(bpf_program__autoload(p)) << program << " is not optional";
			EXPECT_EQ(hook->kind, HookKind::kretprobe) << program;
			EXPECT_EQ(bpf_program__section_name(p), fmt::format("kprobe/{}", hook->target))
				<< program;
			EXPECT_LE(program.size(), 15U) << program << ": the kernel cuts longer names";
			found++;
		}
	}
	EXPECT_GT(found, 0U);
}

TEST(Contract, EveryProgramOfAnObjectIsInTheTable) {
	for (const Build& build : objects()) {
		const Object object = open_object(build);
		ASSERT_TRUE(object) << build;
		const auto hooks = hooks_of(build.name), entries = entries_of(build.name);
		bpf_program* p = nullptr;
		bpf_object__for_each_program(p, object.get()) {
			const std::string program = bpf_program__name(p);
			EXPECT_TRUE(hooks.contains(program) || entries.contains(program) ||
						kUnattached.contains(program))
				<< program;
		}
	}
}

TEST(Contract, EveryObjectHasTheUniformShape) {
	for (const Build& build : objects()) {
		const Object object = open_object(build);
		ASSERT_TRUE(object) << build;
		const std::map<std::string, size_t> shape = {
			{".rodata.cfg", sizeof(al_config)}, {".data.control", sizeof(al_control)},
			{".data.sweep", sizeof(al_sweep)},  {".data.tell", sizeof(al_tell)},
			{"books", sizeof(al_books)},        {"rows", sizeof(al_row)},
			{"groups", sizeof(al_group)},       {"pending", sizeof(al_set)},
			{"items", sizeof(al_item)},         {"workers", sizeof(al_worker)},
			{"overflow", sizeof(al_overflow)}};
		for (const auto& [map, bytes] : shape) {
			const bpf_map* m = bpf_object__find_map_by_name(object.get(), map.c_str());
			ASSERT_TRUE(m) << build << " lacks " << map;
			EXPECT_EQ(bpf_map__value_size(m), bytes) << map << " differs between the two sides";
		}
	}
}

// What a kernel before 5.12 refuses, even in code that is never reached: an atomic operation that
// gives something back. Counted in the instructions: BPF_STX | BPF_ATOMIC with more than BPF_ADD.
TEST(Contract, OnlyTheBuildForItHasAtomicsThatGiveSomethingBack) {
	for (const Build& build : objects()) {
		const Object object = open_object(build);
		ASSERT_TRUE(object) << build;
		size_t found = 0;
		bpf_program* p = nullptr;
		bpf_object__for_each_program(p, object.get()) {
			const bpf_insn* code = bpf_program__insns(p);
			for (size_t i = 0; i < bpf_program__insn_cnt(p); i++)
				found += BPF_CLASS(code[i].code) == BPF_STX &&
						 BPF_MODE(code[i].code) == BPF_ATOMIC && code[i].imm != BPF_ADD;
		}
		EXPECT_EQ(found != 0, build.cas) << build << ": " << found;
	}
}

// The tool must not feed itself: a map that allocates on update queues irq_work.
TEST(Contract, NoMapAllocatesWhileMeasuring) {
	for (const Build& build : objects()) {
		const Object object = open_object(build);
		ASSERT_TRUE(object) << build;
		const bpf_map* map = nullptr;
		bpf_object__for_each_map(map, object.get()) {
			EXPECT_FALSE(bpf_map__map_flags(map) & BPF_F_NO_PREALLOC) << bpf_map__name(map);
			EXPECT_NE(bpf_map__type(map), BPF_MAP_TYPE_LRU_HASH) << bpf_map__name(map);
		}
	}
}

TEST(Catalog, EveryStageStandsInTheTableOnce) {
	std::set<al_stage> seen;
	for (const Mechanism& m : catalog())
		for (const Stage& s : m.stages) EXPECT_TRUE(seen.insert(s.id).second) << s.name;
	EXPECT_EQ(seen.size(), size_t{AL_STAGES});
}

TEST(Catalog, StagesNameExistingPoints) {
	for (const Mechanism& m : catalog())
		for (const Point& p : m.points)
			EXPECT_TRUE(p.with.empty() || find_point(m, p.with)) << p.name << " with " << p.with;
	for (const Mechanism& m : catalog())
		for (const Stage& s : m.stages) {
			EXPECT_TRUE(find_point(m, s.from)) << m.name << "." << s.name << " from " << s.from;
			EXPECT_TRUE(find_point(m, s.to)) << m.name << "." << s.name << " to " << s.to;
			for (const std::string_view need : s.needs)
				EXPECT_TRUE(find_point(m, need)) << m.name << "." << s.name << " needs " << need;
			for (const std::string_view point : s.refined_by)
				EXPECT_TRUE(find_point(m, point)) << m.name << "." << s.name << " by " << point;
			EXPECT_EQ(s.refined_by.empty(), s.unrefined.empty()) << m.name << "." << s.name;
			for (const Book& book : s.books)
				EXPECT_TRUE(find_point(m, book.point)) << m.name << "." << s.name << book.point;
		}
}

TEST(Catalog, ComputedPointsHaveNoHooksAndAllOthersDo) {
	for (const Mechanism& m : catalog())
		for (const Point& p : m.points)
			EXPECT_EQ(p.any_of.empty(), p.of == PointOf::computed) << m.name << "." << p.name;
}

}  // namespace
}  // namespace asynclat
