#include "kernel/bpf_config.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace asynclat {
namespace {

// Some 1,300 items between two looks.
constexpr uint32_t kOutlierBytes = 256 << 10;
// Pools and workqueues with runs of some length: about 1.6 KB each.
constexpr uint32_t kRecentPlaces = 1024;
// Different ones, of 0.3 KB each: a host has some hundreds of ways to queue something.
constexpr uint32_t kStacks = 4096;

int arguments(const Facts& facts, const std::string& tracepoint) {
	const auto found = facts.tracepoints.find(tracepoint);
	return found == facts.tracepoints.end() ? 0 : found->second;
}

bool served_by(const MechanismPlan& m, std::string_view point, std::string_view target) {
	return std::any_of(m.points.begin(), m.points.end(), [&](const PointPlan& p) {
		return p.used && p.point->name == point && p.hook->target == target;
	});
}

// What of irq_work's lists and functions the programs may rely on.
void configure_irq_work(const MechanismPlan& m, const Facts& facts, al_config& config) {
	config.irq_work_run_list = facts.address("irq_work_run_list");
	config.csd_callback = facts.address("generic_smp_call_function_single_interrupt");
	config.raised_list = facts.address("raised_list");
	config.per_cpu_offset = facts.address("__per_cpu_offset");
	config.lazy_list = facts.address("lazy_list");
	const Hook* queued = m.hook_of("queued");
	config.irq_raise = !queued || queued->target != "irq_work_queue";
	config.irq_called = m.catches("called");
	const Hook* started = m.hook_of("started");
	config.irq_listed = started && started->target == "irq_work_run_list";
}

// A row within a CPU for each collected stage and class; returns how many there are.
uint32_t assign_rows(std::span<const MechanismPlan> part, al_config& config) {
	std::memset(config.row_of, AL_NO_ROW, sizeof(config.row_of));
	uint32_t rows = 0;
	for (const MechanismPlan& m : part)
		for (const StagePlan& s : m.stages) {
			if (!s.collected()) continue;
			for (size_t c = 0; c < class_count(*m.mechanism, *s.stage); c++)
				config.row_of[s.stage->id][c] = static_cast<uint8_t>(rows++);
		}
	return rows;
}

// Group rows of each kind that is collected; returns how many there are.
uint32_t assign_groups(std::span<const MechanismPlan> part, const Request& request,
					   al_config& config) {
	for (auto& of_mechanism : config.group_base) std::ranges::fill(of_mechanism, AL_NO_GROUP);
	uint32_t groups = 0;
	for (const MechanismPlan& m : part)
		for (const al_group_kind kind : m.mechanism->groups) {
			if (kind == AL_BY_POOL && !request.pools) continue;
			if (!m.collects(stage_of_group(*m.mechanism, kind).id)) continue;
			config.group_base[m.mechanism->id][kind] = groups;
			groups += AL_GROUP_ROWS + 1;
		}
	return groups;
}

// Mechanisms of one object share its table.
uint64_t entries_of(std::span<const MechanismPlan> part, const Request& request) {
	uint64_t entries = 1;
	for (const MechanismPlan& m : part)
		entries = std::max<uint64_t>(entries, request.max_entries.value_or(m.mechanism->entries));
	return entries;
}

// A few times as many as a host has of whom they are for: workers, or with the stages that count
// threads every thread of the kernel, of which there are some ten a CPU and the workers.
uint32_t worker_slots(std::span<const MechanismPlan> part, uint32_t possible_cpus) {
	const bool threads = std::any_of(part.begin(), part.end(),
									 [](const MechanismPlan& m) { return m.catches("woken"); });
	return std::max(threads ? 8192U : 4096U, std::bit_ceil((threads ? 64 : 16) * possible_cpus));
}

}  // namespace

void size_for_details(BpfConfig& c) {
	const bool told = c.config.min_ns;
	const bool workqueues = c.config.mechanisms & (1U << AL_WORKQUEUE | 1U << AL_DELAYED_WORK);
	const bool delayed_work = c.config.mechanisms & 1U << AL_DELAYED_WORK;
	const bool task_work = c.config.mechanisms & 1U << AL_TASK_WORK;
	const bool irq_work = c.config.mechanisms & 1U << AL_IRQ_WORK;
	c.sizes.outliers = told ? kOutlierBytes : 0;
	c.sizes.recent = told && workqueues ? kRecentPlaces : 0;
	c.sizes.kickers = told && workqueues ? c.sizes.workers : 0;
	c.sizes.held = told && workqueues;
	c.sizes.blamed = told && (workqueues || task_work || irq_work) ? AL_ASKERS : 0;
	c.sizes.frames = told && (workqueues || irq_work);
	c.sizes.late = told && delayed_work ? c.sizes.workers : 0;
	c.sizes.notes = c.config.submitters ? c.sizes.items + AL_SPILL_COUNTERS : 0;
	c.sizes.stacks = c.config.stacks ? kStacks : 0;
}

BpfConfig make_bpf_config(std::span<const MechanismPlan> part, const Request& request,
						  const Facts& facts, uint32_t possible_cpus) {
	BpfConfig result;
	al_config& c = result.config;
	result.cas = facts.cas;
	c.delayed_work_timer_fn = facts.address("delayed_work_timer_fn");
	c.wq_barrier_func = facts.address("wq_barrier_func");
	for (size_t i = 0; i < AL_IRQ_ENTRIES; i++) c.irq_entry[i] = facts.address(kIrqEntries[i]);
	c.tick_ns = facts.tick_ns;
	c.wq_bh = facts.wq_bh;
	c.bucket_expiry_arg = arguments(facts, "timer_start") == 2;
	c.switch_state_arg = arguments(facts, "sched_switch") >= 4;
	for (const MechanismPlan& m : part) {
		c.mechanisms |= 1U << m.mechanism->id;
		c.finish |= m.catches("finished");
		c.split |= m.catches("kicked");
		c.spawn_requests |= m.catches("requested");
		for (const PointPlan& p : m.points)
			c.keep_calls |=
				p.point->name == "added" && p.hook && p.hook->kind == HookKind::kretprobe;
		c.taken |= m.catches("taken");
		c.modified |= m.catches("modified");
		c.stops_grabbed |= served_by(m, "stopped", "try_to_grab_pending");
		if (m.mechanism->id == AL_IRQ_WORK) configure_irq_work(m, facts, c);
	}

	if (!request.functions.empty())
		c.function_mode = std::any_of(request.functions.begin(), request.functions.end(),
									  [](const std::string& f) { return !f.starts_with('!'); })
							  ? AL_FILTER_ONLY
							  : AL_FILTER_NOT;
	c.min_ns = request.min_ns.value_or(0);
	c.submitters = request.submitters || request.stacks;
	c.stacks = request.stacks;
	c.preempt_count = facts.preempt_count;
	c.submitter_pid = request.pid.value_or(0);
	if (request.cgroup) {
		c.submitter_cgroup = request.cgroup->id;
		c.submitter_level = request.cgroup->level;
	}
	c.tell_runs = request.min_ns && request.runs;
	c.filter_cpus = !request.cpus.empty();
	for (const uint32_t cpu : request.cpus) c.cpu_mask[cpu / 64] |= uint64_t{1} << cpu % 64;
	c.filter_workqueues = !request.workqueue.empty();
	request.workqueue.copy(c.workqueue_glob, AL_GLOB_BYTES - 1);

	// Two ways for each entry asked for: at that load one item in ten finds its set full, and a
	// quarter of the entries as overflow holds those.
	const uint64_t entries = entries_of(part, request);
	const auto sets = std::bit_ceil(std::max<uint64_t>((2 * entries + AL_WAYS - 1) / AL_WAYS, 1));
	c.set_bits = static_cast<uint32_t>(std::countr_zero(sets));
	const uint32_t workers = worker_slots(part, possible_cpus);
	c.worker_bits = static_cast<uint32_t>(std::countr_zero(workers));

	MapSizes& sizes = result.sizes;
	c.rows_per_cpu = assign_rows(part, c);
	sizes.rows = std::max(1U, c.rows_per_cpu * possible_cpus);
	sizes.groups = std::max(1U, assign_groups(part, request, c));
	sizes.books = possible_cpus * AL_LEDGERS;
	sizes.pending = static_cast<uint32_t>(sets);
	sizes.items = static_cast<uint32_t>(sets) * AL_WAYS;
	sizes.overflow = static_cast<uint32_t>(std::max<uint64_t>(entries / 4, 1));
	sizes.workers = workers;
	size_for_details(result);
	return result;
}

}  // namespace asynclat
