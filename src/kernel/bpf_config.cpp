#include "kernel/bpf_config.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace asynclat {
namespace {

uint64_t address(const Facts& facts, const std::string& symbol) {
	const auto found = facts.addresses.find(symbol);
	return found == facts.addresses.end() ? 0 : found->second;
}

int arguments(const Facts& facts, const std::string& tracepoint) {
	const auto found = facts.tracepoints.find(tracepoint);
	return found == facts.tracepoints.end() ? 0 : found->second;
}

// A row within a CPU for each collected stage and class; returns how many there are.
uint32_t assign_rows(const Plan& plan, al_config& config) {
	std::memset(config.row_of, AL_NO_ROW, sizeof(config.row_of));
	uint32_t rows = 0;
	for (const MechanismPlan& m : plan.mechanisms)
		for (const StagePlan& s : m.stages) {
			if (!plan.collects(s.stage->id)) continue;
			for (size_t c = 0; c < m.mechanism->classes.size(); c++)
				config.row_of[s.stage->id][c] = static_cast<uint8_t>(rows++);
		}
	return rows;
}

// Group rows of each kind that is collected; returns how many there are.
uint32_t assign_groups(const Plan& plan, const Request& request, al_config& config) {
	uint32_t groups = 0;
	for (uint32_t m = 0; m < AL_MECHANISMS; m++)
		for (uint32_t kind = 0; kind < AL_GROUP_KINDS; kind++) {
			const bool collected =
				plan.runs(static_cast<al_mechanism>(m)) && (kind != AL_BY_POOL || request.pools);
			config.group_base[m][kind] = collected ? groups : AL_NO_GROUP;
			if (collected) groups += AL_GROUP_ROWS + 1;
		}
	return groups;
}

}  // namespace

BpfConfig make_bpf_config(const Plan& plan, const Request& request, const Facts& facts,
						  uint32_t possible_cpus) {
	BpfConfig result;
	al_config& c = result.config;
	result.cas = facts.cas;
	c.delayed_work_timer_fn = address(facts, "delayed_work_timer_fn");
	c.wq_barrier_func = address(facts, "wq_barrier_func");
	c.tick_ns = facts.tick_ns;
	c.wq_bh = facts.wq_bh;
	c.bucket_expiry_arg = arguments(facts, "timer_start") == 2;
	c.switch_state_arg = arguments(facts, "sched_switch") >= 4;
	for (const MechanismPlan& m : plan.mechanisms)
		if (m.runs()) c.mechanisms |= 1U << m.mechanism->id;
	c.split =
		plan.collects(AL_WQ_KICK) || plan.collects(AL_WQ_WAKEUP) || plan.collects(AL_WQ_BEHIND);
	// The split must know whether a worker sleeps inside an item.
	c.finish = c.split || plan.collects(AL_WQ_RUN) || plan.collects(AL_DW_RUN);

	if (!request.functions.empty())
		c.function_mode = std::any_of(request.functions.begin(), request.functions.end(),
									  [](const std::string& f) { return !f.starts_with('!'); })
							  ? AL_FILTER_ONLY
							  : AL_FILTER_NOT;
	c.filter_cpus = !request.cpus.empty();
	for (const uint32_t cpu : request.cpus) c.cpu_mask[cpu / 64] |= uint64_t{1} << cpu % 64;
	c.filter_workqueues = !request.workqueue.empty();
	request.workqueue.copy(c.workqueue_glob, AL_GLOB_BYTES - 1);

	// Two ways for each entry asked for: at that load one item in ten finds its set full, and a
	// quarter of the entries as overflow holds those.
	const auto sets =
		std::bit_ceil(std::max<uint64_t>((2 * request.max_entries + AL_WAYS - 1) / AL_WAYS, 1));
	c.set_bits = static_cast<uint32_t>(std::countr_zero(sets));
	const uint32_t workers = std::max(4096U, std::bit_ceil(16 * possible_cpus));
	c.worker_bits = static_cast<uint32_t>(std::countr_zero(workers));

	MapSizes& sizes = result.sizes;
	c.rows_per_cpu = assign_rows(plan, c);
	sizes.rows = std::max(1U, c.rows_per_cpu * possible_cpus);
	sizes.groups = std::max(1U, assign_groups(plan, request, c));
	sizes.books = possible_cpus * AL_MECHANISMS;
	sizes.pending = static_cast<uint32_t>(sets);
	sizes.items = static_cast<uint32_t>(sets) * AL_WAYS;
	sizes.overflow = static_cast<uint32_t>(std::max<uint64_t>(request.max_entries / 4, 1));
	sizes.workers = workers;
	return result;
}

}  // namespace asynclat
