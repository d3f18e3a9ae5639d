#include "kernel/bpf_config.h"

#include <gtest/gtest.h>

namespace asynclat {
namespace {

Facts facts() {
	Facts f;
	f.btf = true;
	f.tick_ns = 4'000'000;
	for (const char* name : {"workqueue_queue_work", "workqueue_activate_work",
							 "workqueue_execute_start", "workqueue_execute_end", "sched_waking",
							 "sched_process_exit", "timer_expire_entry", "timer_cancel"})
		f.tracepoints[name] = 1;
	f.tracepoints["sched_switch"] = 4;
	f.tracepoints["timer_start"] = 2;
	f.addresses = {{"delayed_work_timer_fn", 0x100}, {"wq_barrier_func", 0x200}};
	f.capabilities = {{"bpf", true}, {"perfmon", true}};
	return f;
}

BpfConfig config_of(const Request& request, const Facts& f, uint32_t cpus = 2) {
	return make_bpf_config(make_plan(catalog(), f, request).part("workqueue"), request, f, cpus);
}

TEST(BpfConfig, OnlyCollectedStagesHaveRows) {
	const Request request{.mechanisms = {AL_WORKQUEUE}};
	const BpfConfig c = config_of(request, facts(), 512);
	EXPECT_EQ(c.config.rows_per_cpu, 2U);
	EXPECT_EQ(c.sizes.rows, 1024U);
	EXPECT_NE(c.config.row_of[AL_WQ_WAIT][0], AL_NO_ROW);
	EXPECT_NE(c.config.row_of[AL_WQ_RUN][0], AL_NO_ROW);
	EXPECT_EQ(c.config.row_of[AL_WQ_HOLD][0], AL_NO_ROW);
	EXPECT_EQ(c.config.row_of[AL_DW_LATE][0], AL_NO_ROW);
	EXPECT_EQ(c.config.split, 0);
	EXPECT_EQ(c.config.finish, 1);
}

TEST(BpfConfig, WhatOnlyMinNeedsIsThereWithItOnly) {
	Facts f = facts();
	f.addresses["asm_sysvec_apic_timer_interrupt"] = 0x300;
	Request request{.mechanisms = {AL_DELAYED_WORK}};
	BpfConfig c = config_of(request, f);
	EXPECT_EQ(c.sizes.late + c.sizes.frames + c.sizes.blamed + c.sizes.held, 0U);
	request.min_ns = 1'000'000;
	c = config_of(request, f);
	EXPECT_GT(c.sizes.late, 0U);
	EXPECT_EQ(c.sizes.frames, 1U);
	EXPECT_EQ(c.sizes.held, 1U);
	EXPECT_EQ(c.config.irq_entry[2], 0x300U);
	request.mechanisms = {AL_WORKQUEUE};
	EXPECT_EQ(config_of(request, f).sizes.late, 0U);
}

TEST(BpfConfig, EveryClassOfAStageHasARowOfItsOwn) {
	const BpfConfig c = config_of({.mechanisms = {AL_DELAYED_WORK}}, facts());
	EXPECT_NE(c.config.row_of[AL_DW_LATE][AL_CLASS_PLAIN],
			  c.config.row_of[AL_DW_LATE][AL_CLASS_DEFERRABLE]);
}

// The table holds what was asked for even when sets fill unevenly, whatever the number.
TEST(BpfConfig, PendingTableHasTwoWaysAnEntryAndOverflow) {
	for (const uint64_t entries : {1, 3, 64, 1000, 65536, 1 << 24}) {
		const BpfConfig c = config_of({.max_entries = entries}, facts());
		EXPECT_GE(uint64_t{c.sizes.pending} * AL_WAYS, 2 * entries);
		EXPECT_LT(uint64_t{c.sizes.pending} * AL_WAYS, 4 * entries + 2 * AL_WAYS);
		EXPECT_EQ(c.sizes.items, c.sizes.pending * AL_WAYS);
		EXPECT_EQ(1U << c.config.set_bits, c.sizes.pending);
		EXPECT_GE(c.sizes.overflow, std::max<uint64_t>(1, entries / 4));
	}
}

TEST(BpfConfig, ArgumentCountsDecideWhatTheTracepointsPass) {
	Facts f = facts();
	EXPECT_EQ(config_of({}, f).config.bucket_expiry_arg, 1);
	EXPECT_EQ(config_of({}, f).config.switch_state_arg, 1);
	f.tracepoints["timer_start"] = 3;
	f.tracepoints["sched_switch"] = 3;
	EXPECT_EQ(config_of({}, f).config.bucket_expiry_arg, 0);
	EXPECT_EQ(config_of({}, f).config.switch_state_arg, 0);
}

TEST(BpfConfig, SaysWhatIsSeenOfACancel) {
	Facts f = facts();
	EXPECT_EQ(config_of({}, f).config.modified, 0);
	EXPECT_EQ(config_of({}, f).config.stops_grabbed, 0);
	f.functions = {"try_to_grab_pending", "mod_delayed_work_on", "process_one_work",
				   "__queue_delayed_work", "delayed_work_timer_fn"};
	EXPECT_EQ(config_of({}, f).config.modified, 1);
	EXPECT_EQ(config_of({}, f).config.stops_grabbed, 0);
	EXPECT_EQ(config_of({}, f).config.taken, 0);
	EXPECT_EQ(config_of({.stages = {AL_WQ_WAIT, AL_WQ_HOLD}}, f).config.taken, 1);
	f.addresses.clear();
	EXPECT_EQ(config_of({}, f).config.stops_grabbed, 1);
}

TEST(BpfConfig, FiltersAreOffUnlessAskedFor) {
	EXPECT_EQ(config_of({}, facts()).config.filter_cpus, 0);
	EXPECT_EQ(config_of({}, facts()).config.function_mode, AL_FILTER_NONE);
	const BpfConfig c =
		config_of({.cpus = {0, 64, 8191}, .functions = {"!a"}, .workqueue = "ev*"}, facts());
	EXPECT_EQ(c.config.filter_cpus, 1);
	EXPECT_EQ(c.config.cpu_mask[0], 1U);
	EXPECT_EQ(c.config.cpu_mask[1], 1U);
	EXPECT_EQ(c.config.cpu_mask[127], uint64_t{1} << 63);
	EXPECT_EQ(c.config.function_mode, AL_FILTER_NOT);
	EXPECT_STREQ(c.config.workqueue_glob, "ev*");
	EXPECT_EQ(config_of({.functions = {"!a", "b"}}, facts()).config.function_mode, AL_FILTER_ONLY);
}

TEST(BpfConfig, RunsAreToldOnlyWhereTheyAreAskedForWithItems) {
	EXPECT_EQ(config_of({.min_ns = 1'000}, facts()).config.tell_runs, 0);
	EXPECT_EQ(config_of({.min_ns = 1'000, .runs = true}, facts()).config.tell_runs, 1);
	EXPECT_EQ(config_of({.runs = true}, facts()).config.tell_runs, 0);
}

BpfConfig kthread_config(const Request& request, const Facts& f, uint32_t cpus = 2) {
	return make_bpf_config(make_plan(catalog(), f, request).part("kthread"), request, f, cpus);
}

TEST(BpfConfig, SubmittersHaveRoomOnlyWhenAskedFor) {
	const auto none = config_of({.mechanisms = {AL_WORKQUEUE}, .min_ns = 1000}, facts());
	EXPECT_EQ(none.sizes.notes + none.sizes.stacks, 0U);
	const auto noted = config_of(
		{.mechanisms = {AL_WORKQUEUE}, .min_ns = 1000, .submitters = true, .stacks = true},
		facts());
	EXPECT_EQ(noted.sizes.notes, noted.sizes.items + AL_SPILL_COUNTERS);
	EXPECT_TRUE(noted.config.submitters && noted.config.stacks && noted.sizes.stacks);
	// The filters note nothing.
	const auto filtered =
		config_of({.mechanisms = {AL_WORKQUEUE}, .pid = 42, .cgroup = Cgroup{"", 7, 2}}, facts());
	EXPECT_EQ(filtered.sizes.notes, 0U);
	EXPECT_EQ(filtered.config.submitter_pid, 42U);
	EXPECT_EQ(filtered.config.submitter_cgroup, 7U);
	EXPECT_EQ(filtered.config.submitter_level, 2U);
}

TEST(BpfConfig, SpawnCountsFromTheRequestWhereThatIsCaught) {
	Facts f = facts();
	f.tracepoints["sched_process_fork"] = 2;
	const Request spawn{.mechanisms = {AL_KTHREAD}, .stages = {AL_KT_SPAWN}};
	EXPECT_EQ(kthread_config(spawn, f).config.spawn_requests, 0);
	f.functions.insert("__kthread_create_on_node");
	EXPECT_EQ(kthread_config(spawn, f).config.spawn_requests, 1);
	f.refused["kt_created_fx"] = "busy";
	EXPECT_EQ(kthread_config(spawn, f).config.spawn_requests, 0);
}

// A slot for each thread of the kernel, whose number grows with that of the CPUs.
TEST(BpfConfig, WhereThreadsAreCountedThereAreSlotsForAll) {
	const Request wakeup{.mechanisms = {AL_KTHREAD}, .stages = {AL_KT_WAKEUP}};
	EXPECT_EQ(kthread_config(wakeup, facts()).sizes.workers, 8192U);
	const BpfConfig large = kthread_config(wakeup, facts(), 512);
	EXPECT_EQ(large.sizes.workers, 32768U);
	EXPECT_EQ(1U << large.config.worker_bits, large.sizes.workers);
	EXPECT_EQ(config_of({}, facts(), 512).sizes.workers, 8192U);
}

TEST(BpfConfig, RowsByThreadAreThereWithTheirStage) {
	const auto base = [](const Request& request) {
		return kthread_config(request, facts()).config.group_base[AL_KTHREAD][AL_BY_WOKEN];
	};
	EXPECT_NE(base({.stages = {AL_KT_WAKEUP}}), AL_NO_GROUP);
	EXPECT_EQ(base({.stages = {AL_KT_WAIT}}), AL_NO_GROUP);
}

TEST(BpfConfig, PoolRowsAreThereOnlyWhenAskedFor) {
	EXPECT_EQ(config_of({}, facts()).config.group_base[AL_WORKQUEUE][AL_BY_POOL], AL_NO_GROUP);
	EXPECT_NE(config_of({.pools = true}, facts()).config.group_base[AL_WORKQUEUE][AL_BY_POOL],
			  AL_NO_GROUP);
}

}  // namespace
}  // namespace asynclat
