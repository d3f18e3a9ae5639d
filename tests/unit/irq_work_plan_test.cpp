// irq_work's hooks: which of them is left where others are taken, and what that does to the books.
#include <gtest/gtest.h>

#include <algorithm>

#include "facts_fixture.h"
#include "kernel/bpf_config.h"
#include "kernel/plan.h"

namespace asynclat {
namespace {

MechanismPlan planned(const Facts& facts, Request request = {}) {
	request.mechanisms = {AL_IRQ_WORK};
	return make_plan(catalog(), facts, request).mechanisms[AL_IRQ_WORK];
}

std::string hook(const MechanismPlan& plan, std::string_view point) {
	const Hook* h = plan.hook_of(point);
	return h ? std::string(hook_kind_name(h->kind)) + ":" + std::string(h->target) : "none";
}

bool counts(const MechanismPlan& plan, al_book book) {
	const auto books = plan.mechanism->books;
	const auto row =
		std::find_if(books.begin(), books.end(), [&](const Book& b) { return b.id == book; });
	return row != books.end() && plan.counts(*row);
}

al_config config(const MechanismPlan& plan, const Facts& facts) {
	return make_bpf_config(std::span(&plan, 1), {}, facts, 2).config;
}

TEST(IrqWorkPlan, SeesEveryItemByFourBreakpoints) {
	const Facts facts = fixture("6.12-cloud");
	const MechanismPlan plan = planned(facts);
	EXPECT_EQ(hook(plan, "queued"), "hwbp:irq_work_queue");
	EXPECT_EQ(hook(plan, "queued_on"), "hwbp:irq_work_queue_on");
	EXPECT_EQ(hook(plan, "started"), "hwbp:irq_work_run_list");
	EXPECT_EQ(hook(plan, "called"), "hwbp:irq_work_single");
	EXPECT_TRUE(counts(plan, AL_COALESCED));
	const al_config c = config(plan, facts);
	EXPECT_TRUE(c.irq_called && c.irq_listed && !c.irq_raise);
}

TEST(IrqWorkPlan, FallsBackToTheRaiseWhereAllBreakpointsAreTaken) {
	Facts facts = fixture("6.12-cloud");
	for (const char* program : {"iw_queued_bp", "iw_on_bp", "iw_listed_bp", "iw_called_bp"})
		facts.refused[program] = "all of its hardware breakpoints are taken";
	const MechanismPlan plan = planned(facts);
	EXPECT_EQ(hook(plan, "queued"), "fentry:arch_irq_work_raise");
	EXPECT_EQ(hook(plan, "started"), "tp_btf:irq_work_entry");
	EXPECT_FALSE(counts(plan, AL_COALESCED)) << "nobody sees the attempts";
	EXPECT_TRUE(counts(plan, AL_RIDERS));
	const al_config c = config(plan, facts);
	EXPECT_TRUE(!c.irq_called && !c.irq_listed && c.irq_raise);
	EXPECT_TRUE(c.raised_list && c.lazy_list && c.per_cpu_offset);
}

// Nothing else shows the start of a remote item: it would wait for ever in the books.
TEST(IrqWorkPlan, LeavesRemoteItemsOutWhereTheirStartIsNotSeen) {
	Facts facts = fixture("6.12-cloud");
	facts.refused["iw_called_bp"] = "all of its hardware breakpoints are taken";
	const MechanismPlan plan = planned(facts);
	EXPECT_EQ(hook(plan, "queued"), "hwbp:irq_work_queue");
	EXPECT_EQ(hook(plan, "queued_on"), "none");
	EXPECT_EQ(hook(plan, "started"), "hwbp:irq_work_run_list");
}

TEST(IrqWorkPlan, BreakpointsNeedMoreThanCapBpf) {
	Facts facts = fixture("6.12-cloud");
	facts.capabilities["sys_admin"] = false;
	const MechanismPlan plan = planned(facts);
	EXPECT_EQ(hook(plan, "queued"), "fentry:arch_irq_work_raise");
	const auto called = std::find_if(plan.points.begin(), plan.points.end(),
									 [](const PointPlan& p) { return p.point->name == "called"; });
	EXPECT_NE(called->why.find("needs CAP_SYS_ADMIN"), std::string::npos) << called->why;
}

TEST(IrqWorkPlan, KnowsOnlyCpusWhereTheListsHaveNoAddress) {
	const Facts facts = fixture("6.18-tracepoints-only");
	const MechanismPlan plan = planned(facts);
	EXPECT_EQ(hook(plan, "queued"), "tp_btf:ipi_send_cpu");
	EXPECT_EQ(config(plan, facts).raised_list, 0U);
	const auto books = plan.mechanism->books;
	const auto riders =
		std::find_if(books.begin(), books.end(), [](const Book& b) { return b.id == AL_RIDERS; });
	EXPECT_EQ(facts.address(riders->symbol), 0U) << "so they are absent";
}

}  // namespace
}  // namespace asynclat
