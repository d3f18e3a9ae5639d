// From facts to a plan, without a kernel: fixtures are what `asynclat doctor --facts` printed on
// real machines, goldens are what doctor says there.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "app/doctor.h"
#include "facts_fixture.h"
#include "golden.h"
#include "kernel/plan.h"

namespace asynclat {
namespace {

Facts tracepoints_only() { return fixture("6.18-tracepoints-only"); }

const MechanismPlan& of(const Plan& plan, al_mechanism id) { return plan.mechanisms[id]; }

std::vector<std::string_view> programs(const Plan& plan) {
	std::vector<std::string_view> names;
	for (const Hook* hook : plan.hooks("workqueue")) names.push_back(hook->program);
	return names;
}

bool attaches(const Plan& plan, std::string_view program) {
	const auto names = programs(plan);
	return std::find(names.begin(), names.end(), program) != names.end();
}

TEST(Facts, SurviveTheirText) {
	const Facts facts = tracepoints_only();
	const auto again = facts_from_text(to_text(facts));
	ASSERT_TRUE(again);
	EXPECT_EQ(to_text(*again), to_text(facts));
}

TEST(Facts, RefuseWhatTheyDoNotKnow) {
	EXPECT_FALSE(facts_from_text("kernel 6.18\n"));
	EXPECT_FALSE(facts_from_text("tracepoint sched_switch\n"));
	EXPECT_FALSE(facts_from_text("btf maybe\n"));
	EXPECT_EQ(facts_from_text("release 6.1\nbogus 1\n").error().what,
			  "facts, line 2: unknown key `bogus`");
}

TEST(Plan, GoldenOfAKernelWithTracepointsOnly) {
	const Facts facts = tracepoints_only();
	expect_golden("doctor_6.18.txt", doctor_text(make_plan(catalog(), facts, {}), facts));
}

// Taken in guests, where a test holds them against the kernels of today.
TEST(Plan, GoldensOfDebiansKernels) {
	for (const std::string name : {"5.10-cloud", "6.1-cloud", "6.12-cloud", "7-cloud"}) {
		const Facts facts = fixture(name);
		expect_golden("doctor_" + name + ".txt",
					  doctor_text(make_plan(catalog(), facts, {}), facts));
	}
}

TEST(Plan, GoldenWhereFunctionAddressesAreHidden) {
	Facts facts = tracepoints_only();
	facts.addresses.clear();
	facts.capabilities["syslog"] = false;
	facts.capabilities["sys_admin"] = false;
	expect_golden("doctor_no_addresses.txt", doctor_text(make_plan(catalog(), facts, {}), facts));
}

// Stages are paid for when asked for.
TEST(Plan, AttachesNoSchedProgramByDefault) {
	const Plan plan = make_plan(catalog(), tracepoints_only(), {});
	EXPECT_FALSE(attaches(plan, "wq_kicked_btf"));
	EXPECT_FALSE(attaches(plan, "wq_on_cpu_btf"));
	EXPECT_FALSE(attaches(plan, "wq_activ_btf"));
	EXPECT_TRUE(attaches(plan, "wq_queued_btf"));
	EXPECT_TRUE(attaches(plan, "wq_finish_btf"));
}

TEST(Plan, AskingForOneSplitStageAttachesAllThatTellsIt) {
	const Plan plan = make_plan(catalog(), tracepoints_only(),
								{.mechanisms = {AL_WORKQUEUE}, .stages = {AL_WQ_WAKEUP}});
	EXPECT_TRUE(plan.collects(AL_WQ_WAKEUP));
	EXPECT_FALSE(plan.collects(AL_WQ_WAIT));
	for (const char* program :
		 {"wq_kicked_btf", "wq_on_cpu_btf", "wq_activ_btf", "wq_started_btf", "wq_finish_btf"})
		EXPECT_TRUE(attaches(plan, program)) << program;
	EXPECT_FALSE(attaches(plan, "dw_armed_btf"));
}

// Nothing may enter that cannot leave: what ends an item's way is attached first.
TEST(Plan, AttachesFinishBeforeStartBeforeQueue) {
	const auto names =
		programs(make_plan(catalog(), tracepoints_only(), {.mechanisms = {AL_WORKQUEUE}}));
	const auto at = [&](std::string_view name) {
		return std::find(names.begin(), names.end(), name);
	};
	EXPECT_LT(at("wq_finish_btf"), at("wq_started_btf"));
	EXPECT_LT(at("wq_started_btf"), at("wq_queued_btf"));
	EXPECT_NE(at("wq_queued_btf"), names.end());
}

TEST(Plan, FallsBackToRawTracepointsHookByHook) {
	Facts facts = tracepoints_only();
	facts.refused["wq_started_btf"] = "Operation not permitted";
	const Plan plan = make_plan(catalog(), facts, {});
	EXPECT_TRUE(attaches(plan, "wq_started_raw"));
	EXPECT_FALSE(attaches(plan, "wq_started_btf"));
	EXPECT_TRUE(attaches(plan, "wq_queued_btf"));
	for (const PointPlan& p : of(plan, AL_WORKQUEUE).points) {
		if (p.point->name != "started") continue;
		EXPECT_EQ(p.why, "tp_btf: Operation not permitted");
	}
}

// What no stage needs is caught where it can be; what is dear, where somebody asks for detail.
TEST(Plan, RefinesTheBooksWhereFunctionsCanBeHooked) {
	const Facts facts = fixture("6.12-cloud");
	const Plan plain = make_plan(catalog(), facts, {});
	for (const char* program : {"wq_grabbed_fx", "dw_modify_fe"})
		EXPECT_TRUE(attaches(plain, program)) << program;
	for (const char* program : {"wq_again_fx", "wq_again_n_fx", "dw_again_fx", "wq_taken_fe"})
		EXPECT_FALSE(attaches(plain, program)) << program;
	const Plan detailed =
		make_plan(catalog(), facts, {.stages = {AL_WQ_WAIT, AL_WQ_HOLD, AL_DW_SLACK}});
	for (const char* program : {"wq_again_fx", "wq_again_n_fx", "dw_again_fx", "wq_taken_fe"})
		EXPECT_TRUE(attaches(detailed, program)) << program;
	for (const Hook* hook : make_plan(catalog(), tracepoints_only(), {}).hooks("workqueue"))
		EXPECT_EQ(hook->kind, HookKind::tp_btf) << hook->program;
}

// What took the CPU is of use where it is known when a worker got it, and asked for with --min
// only.
TEST(Plan, SeesWhatHeldTheCpuWithMinOnly) {
	const Facts facts = tracepoints_only();
	const Request split{.stages = {AL_WQ_WAIT, AL_WQ_WAKEUP}};
	Request split_min = split;
	split_min.min_ns = 1'000'000;
	const Request whole_min{.stages = {AL_WQ_WAIT}, .min_ns = 1'000'000};
	for (const char* program :
		 {"held_sirq_btf", "held_sirqx_btf", "held_irq_btf", "held_irqx_btf"}) {
		EXPECT_TRUE(attaches(make_plan(catalog(), facts, split_min), program)) << program;
		EXPECT_FALSE(attaches(make_plan(catalog(), facts, split), program)) << program;
		EXPECT_FALSE(attaches(make_plan(catalog(), facts, whole_min), program)) << program;
	}
}

// Also where delayed_work is alone: what held the CPU of a timer that is late.
TEST(Plan, SeesWhatHeldTheCpuOfATimer) {
	const Facts facts = fixture("6.12-cloud");
	const Request request{.mechanisms = {AL_DELAYED_WORK},
						  .stages = {AL_DW_LATE, AL_DW_SLACK, AL_DW_TIMER, AL_DW_WAIT},
						  .min_ns = 1'000'000};
	Request all = request;
	all.min_ns.reset();
	for (const char* program : {"wq_on_cpu_btf", "held_sirq_btf", "held_irqx_btf"}) {
		EXPECT_TRUE(attaches(make_plan(catalog(), facts, request), program)) << program;
		EXPECT_FALSE(attaches(make_plan(catalog(), facts, all), program)) << program;
	}
}

// The timer's tracepoints need its function's address, the calls do not.
TEST(Plan, SeesDelayedWorkByItsCallsWhereTheAddressIsHidden) {
	Facts facts = fixture("6.12-cloud");
	facts.addresses.clear();
	const Plan plan = make_plan(catalog(), facts, {});
	for (const StagePlan& s : of(plan, AL_DELAYED_WORK).stages)
		EXPECT_TRUE(s.works()) << s.stage->name << ": " << s.why;
	for (const char* program : {"dw_armed_fe", "dw_expired_fe", "wq_grabbed_fx", "dw_modify_fe"})
		EXPECT_TRUE(attaches(plan, program)) << program;
}

TEST(Plan, LosesOnlyTheStagesOfAPointThatHasNoHook) {
	Facts facts = tracepoints_only();
	facts.tracepoints.erase("sched_waking");
	const Plan plan = make_plan(catalog(), facts, {});
	const MechanismPlan& m = of(plan, AL_WORKQUEUE);
	EXPECT_TRUE(m.works());
	for (const StagePlan& s : m.stages) {
		const bool split =
			s.stage->id == AL_WQ_KICK || s.stage->id == AL_WQ_WAKEUP || s.stage->id == AL_WQ_BEHIND;
		EXPECT_EQ(s.works(), !split) << s.stage->name;
	}
}

// What a kernel with functions to trace offers for kthread, whatever else.
Facts with_functions() {
	Facts facts = fixture("6.12-cloud");
	facts.functions.insert({"__kthread_create_on_node", "kthread_insert_work"});
	facts.fentry.clear();
	facts.kprobes = true;
	return facts;
}

std::set<std::string_view> kthread_programs(const Facts& facts, const Request& request = {}) {
	std::set<std::string_view> names;
	for (const Hook* hook : make_plan(catalog(), facts, request).hooks("kthread"))
		names.insert(hook->program);
	return names;
}

TEST(PlanKthread, SpawnBeginsAtTheRequestWhereItsReturnIsSeenToo) {
	const Facts facts = with_functions();
	const Request spawn{.mechanisms = {AL_KTHREAD}, .stages = {AL_KT_SPAWN}};
	EXPECT_EQ(kthread_programs(facts, spawn),
			  (std::set<std::string_view>{"kt_request_fe", "kt_created_fx", "kt_forked_btf",
										  "kt_woken_btf", "kt_on_cpu_btf", "kt_gone_btf"}));
	const Plan plan = make_plan(catalog(), facts, spawn);
	EXPECT_EQ(of(plan, AL_KTHREAD).why_unrefined(stage(AL_KT_SPAWN)), "");
}

TEST(PlanKthread, SpawnFallsBackToProbesAndThenToTheFork) {
	Facts facts = with_functions();
	facts.fentry = "refused";
	EXPECT_TRUE(kthread_programs(facts).contains("kt_request_kp"));
	EXPECT_TRUE(kthread_programs(facts).contains("kt_created_kr"));
	// One without the other is of no use.
	facts.refused["kt_created_kr"] = "no room";
	const auto programs = kthread_programs(facts);
	EXPECT_FALSE(programs.contains("kt_request_kp"));
	EXPECT_TRUE(programs.contains("kt_forked_btf"));
	const Plan plan = make_plan(catalog(), facts, {});
	EXPECT_TRUE(plan.collects(AL_KT_SPAWN));
	EXPECT_EQ(of(plan, AL_KTHREAD).why_unrefined(stage(AL_KT_SPAWN)),
			  "created cannot be seen: fexit: refused; kretprobe: no room");
}

TEST(PlanKthread, WhatRequestsReturnIsAttachedBeforeRequestsAre) {
	const auto hooks = make_plan(catalog(), with_functions(), {}).hooks("kthread");
	const auto at = [&](std::string_view program) {
		return std::ranges::find(hooks, program, &Hook::program) - hooks.begin();
	};
	EXPECT_LT(at("kt_on_cpu_btf"), at("kt_created_fx"));
	EXPECT_LT(at("kt_created_fx"), at("kt_forked_btf"));
	EXPECT_LT(at("kt_forked_btf"), at("kt_request_fe"));
	EXPECT_LT(at("kt_on_cpu_btf"), at("kt_woken_btf"));
	EXPECT_LT(at("kt_request_fe"), static_cast<ptrdiff_t>(hooks.size()));
}

TEST(PlanKthread, WithoutItsTracepointsOnlyThreadsAreMeasured) {
	const Plan plan = make_plan(catalog(), fixture("5.10-cloud"), {});
	EXPECT_FALSE(plan.collects(AL_KT_WAIT));
	EXPECT_TRUE(plan.collects(AL_KT_SPAWN));
	EXPECT_TRUE(plan.collects(AL_KT_WAKEUP));
}

// What a ledger missed is what its own programs missed.
TEST(PlanKthread, EachLedgerHasItsOwnHooks) {
	const Plan plan = make_plan(catalog(), with_functions(), {});
	const auto names = [&](uint32_t ledger) {
		std::set<std::string_view> programs;
		for (const Hook* hook : of(plan, AL_KTHREAD).hooks(ledger)) programs.insert(hook->program);
		return programs;
	};
	EXPECT_EQ(names(AL_LEDGER_WAKEUP),
			  (std::set<std::string_view>{"kt_woken_btf", "kt_on_cpu_btf", "kt_gone_btf"}));
	EXPECT_TRUE(names(AL_LEDGER_SPAWN).contains("kt_request_fe"));
	EXPECT_FALSE(names(AL_LEDGER_SPAWN).contains("kt_queued_btf"));
	EXPECT_TRUE(names(AL_KTHREAD).contains("kt_queued_btf"));
	EXPECT_FALSE(names(AL_KTHREAD).contains("kt_woken_btf"));
}

TEST(PlanKthread, ThreadsHaveNoFunctionToChooseBy) {
	const Plan chosen = make_plan(catalog(), with_functions(), {.functions = {"x"}});
	EXPECT_TRUE(chosen.collects(AL_KT_WAIT));
	EXPECT_FALSE(chosen.collects(AL_KT_SPAWN));
	EXPECT_FALSE(chosen.collects(AL_KT_WAKEUP));
	EXPECT_TRUE(
		make_plan(catalog(), with_functions(), {.stages = {AL_KT_WAKEUP}, .functions = {"x"}})
			.collects(AL_KT_WAKEUP));
}

TEST(PlanKthread, AWorkqueueFilterLeavesOutWhatHasNone) {
	const Plan plan = make_plan(catalog(), with_functions(), {.workqueue = "events*"});
	EXPECT_TRUE(plan.runs(AL_WORKQUEUE));
	EXPECT_TRUE(plan.runs(AL_DELAYED_WORK));
	EXPECT_FALSE(plan.runs(AL_KTHREAD));
}

TEST(Check, AMechanismAskedForByNameMustWork) {
	Facts facts = tracepoints_only();
	facts.addresses.clear();
	const Request named{.mechanisms = {AL_DELAYED_WORK}};
	const auto refused = check(make_plan(catalog(), facts, named), facts, named);
	ASSERT_FALSE(refused);
	EXPECT_EQ(refused.error().exit, Exit::unsupported);
	EXPECT_NE(refused.error().evidence.find("delayed_work_timer_fn is hidden"), std::string::npos);
	EXPECT_TRUE(check(make_plan(catalog(), facts, {}), facts, {}));
}

TEST(Check, WithoutPrivilegesItIsAMatterOfPermission) {
	Facts facts = tracepoints_only();
	for (auto& [name, has] : facts.capabilities) has = false;
	const auto refused = check(make_plan(catalog(), facts, {}), facts, {});
	ASSERT_FALSE(refused);
	EXPECT_EQ(refused.error().exit, Exit::permission);
	EXPECT_EQ(refused.error().evidence, "no CAP_BPF");
	facts.capabilities["bpf"] = true;
	EXPECT_EQ(check(make_plan(catalog(), facts, {}), facts, {}).error().evidence, "no CAP_PERFMON");
	facts.capabilities["perfmon"] = true;
	EXPECT_TRUE(check(make_plan(catalog(), facts, {}), facts, {}));
}

TEST(Check, WithoutBtfNothingRuns) {
	Facts facts = tracepoints_only();
	facts.btf = false;
	const auto refused = check(make_plan(catalog(), facts, {}), facts, {});
	ASSERT_FALSE(refused);
	EXPECT_EQ(refused.error().exit, Exit::unsupported);
	EXPECT_NE(refused.error().evidence.find("CONFIG_DEBUG_INFO_BTF"), std::string::npos);
}

}  // namespace
}  // namespace asynclat
