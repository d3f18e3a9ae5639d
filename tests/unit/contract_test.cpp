// Holds the table against the embedded objects, without root: every program of the table is there,
// optional, and of the kind and target that its row says; no program is missing from the table.
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>

#include "catalog/mechanism.h"
#include "kernel/bpf_object.h"

namespace asynclat {
namespace {

// Programs that user space runs itself; attached to nothing.
const std::set<std::string> kUnattached = {"al_init", "wq_sweep"};

using Object = std::unique_ptr<bpf_object, void (*)(bpf_object*)>;

Object open_object(std::string_view name) {
	const auto bytes = embedded_object(name);
	return {bpf_object__open_mem(bytes.data(), bytes.size(), nullptr), bpf_object__close};
}

std::set<std::string> objects() {
	std::set<std::string> names;
	for (const Mechanism& m : catalog()) names.emplace(m.object);
	return names;
}

std::map<std::string, const Hook*> hooks_of(std::string_view object) {
	std::map<std::string, const Hook*> hooks;
	for (const Mechanism& m : catalog())
		if (m.object == object)
			for (const Point& p : m.points)
				for (const Hook& h : p.any_of) hooks[std::string(h.program)] = &h;
	return hooks;
}

TEST(Contract, EveryProgramOfTheTableIsInItsObject) {
	for (const std::string& name : objects()) {
		const Object object = open_object(name);
		ASSERT_TRUE(object) << name;
		for (const auto& [program, hook] : hooks_of(name)) {
			const bpf_program* p = bpf_object__find_program_by_name(object.get(), program.c_str());
			ASSERT_TRUE(p) << name << " lacks " << program;
			EXPECT_FALSE(bpf_program__autoload(p)) << program << " is not optional";
			EXPECT_EQ(bpf_program__section_name(p),
					  fmt::format("{}/{}", hook_kind_name(hook->kind), hook->target))
				<< program;
			EXPECT_LE(program.size(), 15U) << program << ": the kernel cuts longer names";
		}
	}
}

TEST(Contract, EveryProgramOfAnObjectIsInTheTable) {
	for (const std::string& name : objects()) {
		const Object object = open_object(name);
		ASSERT_TRUE(object) << name;
		const auto hooks = hooks_of(name);
		bpf_program* p = nullptr;
		bpf_object__for_each_program(p, object.get()) {
			const std::string program = bpf_program__name(p);
			EXPECT_TRUE(hooks.contains(program) || kUnattached.contains(program)) << program;
		}
	}
}

TEST(Contract, EveryObjectHasTheUniformShape) {
	for (const std::string& name : objects()) {
		const Object object = open_object(name);
		ASSERT_TRUE(object) << name;
		const std::map<std::string, size_t> shape = {
			{".rodata.cfg", sizeof(al_config)}, {".data.control", sizeof(al_control)},
			{".data.sweep", sizeof(al_sweep)},  {"books", sizeof(al_books)},
			{"rows", sizeof(al_row)},           {"groups", sizeof(al_group)},
			{"pending", sizeof(al_set)},        {"items", sizeof(al_item)},
			{"workers", sizeof(al_worker)},     {"overflow", sizeof(al_overflow)}};
		for (const auto& [map, bytes] : shape) {
			const bpf_map* m = bpf_object__find_map_by_name(object.get(), map.c_str());
			ASSERT_TRUE(m) << name << " lacks " << map;
			EXPECT_EQ(bpf_map__value_size(m), bytes) << map << " differs between the two sides";
		}
	}
}

// The tool must not feed itself: a map that allocates on update queues irq_work.
TEST(Contract, NoMapAllocatesWhileMeasuring) {
	for (const std::string& name : objects()) {
		const Object object = open_object(name);
		ASSERT_TRUE(object) << name;
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
		for (const Stage& s : m.stages) {
			EXPECT_TRUE(find_point(m, s.from)) << m.name << "." << s.name << " from " << s.from;
			EXPECT_TRUE(find_point(m, s.to)) << m.name << "." << s.name << " to " << s.to;
			for (const std::string_view need : s.needs)
				EXPECT_TRUE(find_point(m, need)) << m.name << "." << s.name << " needs " << need;
		}
}

TEST(Catalog, ComputedPointsHaveNoHooksAndAllOthersDo) {
	for (const Mechanism& m : catalog())
		for (const Point& p : m.points)
			EXPECT_EQ(p.any_of.empty(), p.of == PointOf::computed) << m.name << "." << p.name;
}

}  // namespace
}  // namespace asynclat
