#include "kernel/bpf_object.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <utility>

#include "irq_work.skel.h"
#include "irq_work_no_cas.skel.h"
#include "kernel/breakpoint.h"
#include "kernel/kprobe.h"
#include "kthread.skel.h"
#include "kthread_no_cas.skel.h"
#include "task_work.skel.h"
#include "task_work_no_cas.skel.h"
#include "workqueue.skel.h"
#include "workqueue_no_cas.skel.h"

namespace asynclat {
namespace {

struct Embedded {
	std::string_view name;
	const void* (*bytes)(size_t*);
	const void* (*bytes_no_cas)(size_t*);
};
constexpr Embedded kEmbedded[] = {
	{"workqueue", workqueue__elf_bytes, workqueue_no_cas__elf_bytes},
	{"irq_work", irq_work__elf_bytes, irq_work_no_cas__elf_bytes},
	{"task_work", task_work__elf_bytes, task_work_no_cas__elf_bytes},
	{"kthread", kthread__elf_bytes, kthread_no_cas__elf_bytes},
};

// Programs that user space runs itself; every object has them.
constexpr std::string_view kUnattached[] = {"al_init", "al_sweep", "al_tell_all"};

bool log_on = false;         // libbpf's print hook takes no context
std::string last_complaint;  // what libbpf said last, for the error

int on_libbpf_message(libbpf_print_level level, const char* format, va_list arguments) {
	if (log_on) {
		std::vfprintf(stderr, format, arguments);
		return 0;
	}
	char line[256];  // a verifier's log is far longer, its first line is enough for an error
	std::vsnprintf(line, sizeof(line), format, arguments);
	if (level == LIBBPF_WARN) last_complaint = line;
	return 0;
}

Error failure(std::string what, int error) {
	std::string evidence = std::strerror(error < 0 ? -error : error);
	if (!last_complaint.empty())
		evidence += fmt::format(" ({})", last_complaint.substr(0, last_complaint.find('\n')));
	return Error{.what = std::move(what), .evidence = std::move(evidence)};
}

std::pair<const char*, uint32_t MapSizes::*> constexpr kSizes[] = {
	{"books", &MapSizes::books},       {"rows", &MapSizes::rows},
	{"groups", &MapSizes::groups},     {"pending", &MapSizes::pending},
	{"items", &MapSizes::items},       {"overflow", &MapSizes::overflow},
	{"workers", &MapSizes::workers},   {"functions", &MapSizes::functions},
	{"outliers", &MapSizes::outliers}, {"recent", &MapSizes::recent},
	{"kickers", &MapSizes::kickers},   {"held", &MapSizes::held},
	{"blamed", &MapSizes::blamed},     {"frames", &MapSizes::frames},
	{"late", &MapSizes::late},         {"notes", &MapSizes::notes},
	{"stacks", &MapSizes::stacks},
};

// What a kprobe missed. struct bpf_link_info grew to tell it in 6.7, and with it the kernel began
// to count programs skipped because another one ran (3acf8ace6823, dd8657894c11).
std::optional<uint64_t> kprobe_missed(int link) {
	constexpr uint32_t kMissedAt = 48;  // of the kprobe's part of a perf_event link
	uint64_t info[32] = {};
	uint32_t bytes = sizeof(info);
	if (bpf_obj_get_info_by_fd(link, info, &bytes) || bytes < kMissedAt + sizeof(uint64_t))
		return std::nullopt;
	return info[kMissedAt / sizeof(uint64_t)];
}

bool is_kprobe(HookKind kind) { return kind == HookKind::kprobe || kind == HookKind::kretprobe; }

Error attach_failure(const std::string& what, HookKind kind, int error) {
	if (const auto why = why_no_kprobe(error); is_kprobe(kind) && !why.empty())
		return Error{.what = what, .evidence = std::string(why)};
	return failure(what, error);
}

Status configure(bpf_object* object, const BpfConfig& config) {
	const auto write = [&](const char* section, const void* value, size_t bytes) -> Status {
		size_t room = 0;
		bpf_map* map = bpf_object__find_map_by_name(object, section);
		void* memory = map ? const_cast<void*>(bpf_map__initial_value(map, &room)) : nullptr;
		if (!memory || room < bytes) return Error{.what = fmt::format("no section {}", section)};
		std::memcpy(memory, value, bytes);
		return Nothing{};
	};
	al_control control{};
	control.jiffies_base = INT64_MAX;
	if (auto done = write(".rodata.cfg", &config.config, sizeof(config.config)); !done) return done;
	if (auto done = write(".data.control", &control, sizeof(control)); !done) return done;
	for (const auto& [name, size] : kSizes) {
		bpf_map* map = bpf_object__find_map_by_name(object, name);
		const uint32_t entries = config.sizes.*size;
		if (!map && !entries) continue;
		// What no program that runs refers to need not be there.
		if (!map || (entries ? bpf_map__set_max_entries(map, entries)
							 : bpf_map__set_autocreate(map, false)))
			return Error{.what = fmt::format("cannot size map {}", name)};
	}
	return Nothing{};
}

}  // namespace

std::span<const std::byte> embedded_object(std::string_view name, bool cas) {
	for (const Embedded& e : kEmbedded) {
		if (e.name != name) continue;
		size_t bytes = 0;
		const void* object = (cas ? e.bytes : e.bytes_no_cas)(&bytes);
		return {static_cast<const std::byte*>(object), bytes};
	}
	return {};
}

void log_libbpf(bool on) {
	log_on = on;
	libbpf_set_print(on_libbpf_message);
}

Mapping::Mapping(int fd, size_t bytes, bool writable) : bytes_(bytes) {
	const int protection = PROT_READ | (writable ? PROT_WRITE : 0);
	memory_ = mmap(nullptr, bytes, protection, MAP_SHARED, fd, 0);
	if (memory_ == MAP_FAILED) memory_ = nullptr;
}

Mapping::Mapping(Mapping&& other) noexcept
	: memory_(std::exchange(other.memory_, nullptr)), bytes_(other.bytes_) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
	std::swap(memory_, other.memory_);
	std::swap(bytes_, other.bytes_);
	return *this;
}

Mapping::~Mapping() {
	if (memory_) munmap(memory_, bytes_);
}

void BpfObject::Close::operator()(bpf_object* object) const { bpf_object__close(object); }

Result<BpfObject> BpfObject::load(std::string_view name, const BpfConfig& config,
								  std::span<const Hook* const> hooks) {
	libbpf_set_print(on_libbpf_message);
	last_complaint.clear();
	const auto bytes = embedded_object(name, config.cas);
	bpf_object_open_opts options{};
	options.sz = sizeof(options);
	const std::string object_name(name);
	options.object_name = object_name.c_str();
	bpf_object* opened = bpf_object__open_mem(bytes.data(), bytes.size(), &options);
	if (!opened) return failure(fmt::format("cannot open BPF object {}", name), errno);
	BpfObject object(opened);
	if (auto done = configure(opened, config); !done) return done.error();
	const auto select = [&](std::string_view program) {
		bpf_program* p = bpf_object__find_program_by_name(opened, std::string(program).c_str());
		if (p) bpf_program__set_autoload(p, true);
	};
	for (const Hook* hook : hooks) {
		select(hook->program);
		select(hook->entry);
	}
	for (const std::string_view program : kUnattached) select(program);
	if (const int error = bpf_object__load(opened))
		return failure(fmt::format("cannot load BPF object {}", name), error);
	return object;
}

BpfObject::~BpfObject() { detach(); }

bpf_program* BpfObject::program(std::string_view name) const {
	return bpf_object__find_program_by_name(object_.get(), std::string(name).c_str());
}

Status BpfObject::attach(const Hook& hook, uint64_t address, std::span<const uint32_t> online) {
	last_complaint.clear();
	const std::string what = fmt::format("cannot attach {} to {}", hook.program, hook.target);
	attached_.push_back({&hook, address, {}});
	auto& links = attached_.back().links;
	const auto give_up = [&](Error error) {
		for (const auto& [number, link] : links) bpf_link__destroy(link);
		attached_.pop_back();
		return error;
	};
	if (hook.kind == HookKind::hwbp) {
		for (const uint32_t cpu : online) {
			const auto link = attach_breakpoint(program(hook.program), address, cpu);
			if (!link) return give_up({.what = what, .evidence = link.error().evidence});
			links[cpu] = *link;
		}
		return Nothing{};
	}
	// What returns was entered: so the entry goes first.
	for (const std::string_view name : {hook.entry, hook.program}) {
		if (name.empty()) continue;
		bpf_link* link = bpf_program__attach(program(name));
		if (!link) return give_up(attach_failure(what, hook.kind, errno));
		links[static_cast<uint32_t>(links.size())] = link;
	}
	return Nothing{};
}

void BpfObject::follow(std::span<const uint32_t> online) {
	for (Attached& attached : attached_) {
		if (attached.hook->kind != HookKind::hwbp) continue;
		// An event dies with its CPU: what came back needs a new one.
		for (auto it = attached.links.begin(); it != attached.links.end();)
			if (std::binary_search(online.begin(), online.end(), it->first)) {
				++it;
			} else {
				bpf_link__destroy(it->second);
				it = attached.links.erase(it);
			}
		for (const uint32_t cpu : online)
			if (!attached.links.contains(cpu))
				if (const auto link =
						attach_breakpoint(program(attached.hook->program), attached.address, cpu))
					attached.links[cpu] = *link;
	}
}

void BpfObject::detach() {
	for (; !attached_.empty(); attached_.pop_back())
		for (const auto& [cpu, link] : attached_.back().links) bpf_link__destroy(link);
}

Status BpfObject::run(std::string_view name) {
	LIBBPF_OPTS(bpf_test_run_opts, options);
	if (const int error = bpf_prog_test_run_opts(bpf_program__fd(program(name)), &options))
		return failure(fmt::format("cannot run BPF program {}", name), error);
	return Nothing{};
}

int BpfObject::map_fd(std::string_view name) const {
	return bpf_object__find_map_fd_by_name(object_.get(), std::string(name).c_str());
}

Mapping BpfObject::map(std::string_view name, bool writable) const {
	const bpf_map* map = bpf_object__find_map_by_name(object_.get(), std::string(name).c_str());
	if (!map) return {};
	// The kernel keeps a mappable array's values at multiples of eight bytes, whole pages in all.
	const size_t stride = (bpf_map__value_size(map) + 7) / 8 * 8;
	return {bpf_map__fd(map), stride * bpf_map__max_entries(map), writable};
}

uint64_t BpfObject::map_bytes() const {
	uint64_t total = 0;
	const bpf_map* map = nullptr;
	bpf_object__for_each_map(map, object_.get()) {
		std::ifstream info(fmt::format("/proc/self/fdinfo/{}", bpf_map__fd(map)));
		for (std::string key; info >> key;)
			if (uint64_t bytes = 0; key == "memlock:" && info >> bytes) total += bytes;
	}
	return total;
}

std::optional<uint64_t> BpfObject::missed(const Hook& hook) const {
	uint64_t total = 0;
	if (hook.kind == HookKind::hwbp) return std::nullopt;
	if (is_kprobe(hook.kind)) {
		const auto attached = std::find_if(attached_.begin(), attached_.end(),
										   [&](const Attached& a) { return a.hook == &hook; });
		if (attached == attached_.end()) return std::nullopt;
		for (const auto& [number, link] : attached->links) {
			const auto probe = kprobe_missed(bpf_link__fd(link));
			if (!probe) return std::nullopt;
			total += *probe;
		}
	}
	for (const std::string_view name : {hook.program, hook.entry}) {
		bpf_prog_info info{};
		uint32_t bytes = sizeof(info);
		// Before 5.12 the field is not there, and no event is skipped: there is no guard.
		if (!name.empty() && !bpf_obj_get_info_by_fd(bpf_program__fd(program(name)), &info, &bytes))
			total += info.recursion_misses;
	}
	return total;
}

}  // namespace asynclat
