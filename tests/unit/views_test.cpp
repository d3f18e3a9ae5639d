// The pictures themselves, as goldens that a person can read.
#include "view/views.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "unit/golden.h"
#include "unit/many_cpus.h"
#include "view/group_rows.h"
#include "view/paint.h"

namespace asynclat {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Subject kWait{AL_WORKQUEUE, AL_WQ_WAIT, AL_CLASS_PLAIN};
constexpr uint64_t kSeconds = 70;

struct Size {
	int width, height;
};
constexpr Size kSizes[] = {{80, 24}, {40, 12}, {200, 60}};

class Views : public testing::Test {
protected:
	Views() {
		setenv("TZ", "UTC", 1);
		tzset();
	}

	static Frame draw(std::string_view view, const Interval& interval,
					  const Description& description, const History& history,
					  const Subject& subject, const ViewOptions& options) {
		Scale scale;
		return find_view(view)->draw({interval, description, history, subject, options}, scale);
	}

	// The view of a generated machine, at the three sizes.
	static void expect_goldens(const std::string& view, const sample::Machine& machine,
							   const History& history = History{}, ViewOptions options = {}) {
		const Interval interval = sample::machine_interval(machine, kSeconds);
		const Description description = sample::machine_description(machine);
		for (const Size& size : kSizes) {
			options.width = size.width;
			options.height = size.height;
			const Frame frame = draw(view, interval, description, history, kWait, options);
			expect_golden(
				fmt::format("{}_{}cpus_{}x{}.txt", view, machine.cpus, size.width, size.height),
				frame.text());
		}
	}
};

TEST_F(Views, HeatmapOfTwoCpus) { expect_goldens("heatmap", sample::kLaptop); }

TEST_F(Views, HeatmapOf64Cpus) { expect_goldens("heatmap", sample::kServer); }

TEST_F(Views, HeatmapOf512Cpus) { expect_goldens("heatmap", sample::kHuge); }

TEST_F(Views, TimeOfAllCpus) {
	expect_goldens("time", sample::kLaptop, sample::machine_history(sample::kLaptop, kSeconds));
}

TEST_F(Views, TimeOfOneCpu) {
	const Description description = sample::machine_description(sample::kServer);
	History history({43});
	for (uint64_t second = 1; second <= 20; second++)
		history.add(sample::machine_interval(sample::kServer, second), description);
	const Frame frame = draw("time", sample::machine_interval(sample::kServer, 20), description,
							 history, kWait, {.cpus = {43}});
	EXPECT_THAT(frame.text(), HasSubstr("CPU 43"));
	expect_golden("time_one_cpu_80x24.txt", frame.text());
}

TEST_F(Views, Stages) {
	for (const sample::Machine* machine : {&sample::kLaptop, &sample::kServer, &sample::kHuge})
		expect_goldens("stages", *machine);
}

TEST_F(Views, Top) {
	for (const sample::Machine* machine : {&sample::kLaptop, &sample::kServer, &sample::kHuge})
		expect_goldens("top", *machine);
}

TEST_F(Views, BarsAreFinerInUtf8) {
	const Interval interval = sample::machine_interval(sample::kLaptop, kSeconds);
	const Description description = sample::machine_description(sample::kLaptop);
	expect_golden(
		"stages_utf8_80x24.txt",
		painted(draw("stages", interval, description, History{}, kWait, {}), {.utf8 = true}));
	expect_golden(
		"heatmap_utf8_80x24.txt",
		painted(draw("heatmap", interval, description, History{}, kWait, {}), {.utf8 = true}));
}

TEST_F(Views, StagesOfDelayedWorkStartWithWhatIsByDesign) {
	Interval interval = sample::interval();
	MechanismData& data = interval.data.mechanisms[1];
	data.stages = {
		{AL_DW_LATE, AL_CLASS_PLAIN, {sample::histogram({{4'000'000, 90}, {9'000'000, 10}})}},
		{AL_DW_SLACK, AL_CLASS_PLAIN, {sample::histogram({{3'900'000, 100}})}},
		{AL_DW_TIMER, AL_CLASS_PLAIN, {sample::histogram({{50'000, 95}, {5'000'000, 5}})}},
		{AL_DW_WAIT, AL_CLASS_PLAIN, {sample::histogram({{50'000, 95}, {4'800'000, 5}})}},
	};
	Description description = sample::description();
	description.mechanisms[1].stages = {AL_DW_LATE, AL_DW_SLACK, AL_DW_TIMER, AL_DW_WAIT};
	expect_golden("stages_delayed_work.txt", draw("stages", interval, description, History{},
												  {AL_DELAYED_WORK, AL_DW_LATE, AL_CLASS_PLAIN}, {})
												 .text());
}

TEST_F(Views, WithoutASplitAnItemsLifeIsShown) {
	Interval interval = sample::interval();
	MechanismData data;
	data.mechanism = AL_KTHREAD;
	data.stages = {{AL_KT_WAIT, AL_CLASS_PLAIN, {sample::histogram({{30'000, 23}})}},
				   {AL_KT_RUN, AL_CLASS_PLAIN, {sample::histogram({{10'000, 23}})}}};
	interval.data.mechanisms = {data};
	Description description = sample::description();
	description.mechanisms = {{AL_KTHREAD, {}, {AL_KT_WAIT, AL_KT_RUN}, {}}};
	const std::string text = draw("stages", interval, description, History{},
								  {AL_KTHREAD, AL_KT_WAIT, AL_CLASS_PLAIN}, {})
								 .text();
	expect_golden("stages_kthread.txt", text);
	EXPECT_THAT(text, HasSubstr("75.0%"));
	EXPECT_THAT(text, HasSubstr("25.0%"));
}

TEST_F(Views, AStageThatIsNotCollectedNamesTheOption) {
	const std::string text =
		draw("stages", sample::interval(), sample::description(), History{}, kWait, {}).text();
	EXPECT_THAT(text, HasSubstr("hold is not collected: --stage all"));
	EXPECT_THAT(text, HasSubstr("kick: sched_waking: permission denied"));
}

TEST_F(Views, ByFunctionAHeatmapsRowsAreFunctions) {
	const Interval interval = sample::machine_interval(sample::kLaptop, kSeconds);
	const std::string text = draw("heatmap", interval, sample::machine_description(sample::kLaptop),
								  History{}, kWait, {.split_by = SplitBy::function})
								 .text();
	EXPECT_THAT(text, HasSubstr("\nblk_mq_run_work_fn "));
	EXPECT_THAT(text, Not(HasSubstr(" CPUs  t=")));
}

TEST_F(Views, TopSortsByAnyColumnAndKeepsOtherLast) {
	const Interval interval = sample::machine_interval(sample::kServer, kSeconds);
	const Description description = sample::machine_description(sample::kServer);
	const MechanismData& data = interval.data.mechanisms[0];
	const auto names = [&](TopSort sort, SplitBy split_by) {
		std::vector<std::string> first;
		const Frame frame = draw("top", interval, description, History{}, kWait,
								 {.split_by = split_by, .sort = sort});
		for (size_t i = 2; i + 1 < frame.rows().size(); i++) {
			std::string name;
			for (const Cell& cell : frame.rows()[i]) {
				if (cell.glyph == U' ') break;
				name += static_cast<char>(cell.glyph);
			}
			first.push_back(name);
		}
		return first;
	};
	const auto value = [&](const std::string& name, TopSort sort) -> uint64_t {
		for (const GroupData& g : data.groups) {
			if (g.name != name) continue;
			switch (sort) {
				case TopSort::count:
					return g.histogram.count();
				case TopSort::p50:
					return g.histogram.quantile(0.5);
				case TopSort::p99:
					return g.histogram.quantile(0.99);
				case TopSort::max:
					return g.histogram.max.value_ns;
				default:
					return g.histogram.sum_ns;
			}
		}
		ADD_FAILURE() << name;
		return 0;
	};
	for (const TopSort sort :
		 {TopSort::total, TopSort::count, TopSort::p50, TopSort::p99, TopSort::max}) {
		const auto rows = names(sort, SplitBy::function);
		ASSERT_EQ(rows.size(), std::size(sample::kFunctions));
		for (size_t i = 1; i < rows.size(); i++)
			EXPECT_GE(value(rows[i - 1], sort), value(rows[i], sort));
	}
	const auto by_name = names(TopSort::name, SplitBy::function);
	EXPECT_TRUE(std::is_sorted(by_name.begin(), by_name.end()));
	EXPECT_EQ(names(TopSort::total, SplitBy::workqueue).back(), kOtherGroup);
}

TEST_F(Views, AThreadIsToKthreadWhatAWorkqueueIsToOthers) {
	const Mechanism& kthread = mechanism(AL_KTHREAD);
	EXPECT_EQ(group_word(kthread, stage(AL_KT_WAIT), SplitBy::workqueue)->kind, AL_BY_WORKER);
	EXPECT_EQ(group_word(kthread, stage(AL_KT_WAKEUP), SplitBy::workqueue)->kind, AL_BY_WOKEN);
	EXPECT_EQ(group_word(kthread, stage(AL_KT_WAKEUP), SplitBy::function), nullptr);
	EXPECT_EQ(group_word(kthread, stage(AL_KT_SPAWN), SplitBy::nothing)->kind, AL_BY_SPAWNED);
	EXPECT_EQ(group_word(mechanism(AL_WORKQUEUE), stage(AL_WQ_RUN), SplitBy::function), nullptr);
}

TEST_F(Views, WithoutTheHeadlineStagesHaveNoShares) {
	Description description = sample::description();
	description.mechanisms[0].stages = {AL_WQ_KICK};
	const std::string text =
		draw("stages", sample::interval(), description, History{}, kWait, {}).text();
	EXPECT_THAT(text, HasSubstr("wait is not collected: --stage all"));
	EXPECT_THAT(text, Not(HasSubstr("share of")));
	EXPECT_THAT(text, Not(HasSubstr("slowest")));
}

TEST_F(Views, NoEventsStillHasItsRowsAndBooks) {
	Interval interval = sample::machine_interval(sample::kLaptop, kSeconds);
	for (StageData& stage : interval.data.mechanisms[0].stages)
		stage.cpus.assign(sample::kLaptop.cpus, Histogram{});
	interval.data.mechanisms[0].groups.clear();
	const Description description = sample::machine_description(sample::kLaptop);
	for (const ViewRow& view : views()) {
		const std::string text =
			draw(view.name, interval, description, History{}, kWait, {}).text();
		EXPECT_THAT(text, HasSubstr("workqueue wait")) << view.name;
		EXPECT_THAT(text, Not(HasSubstr("18446744073"))) << text;
	}
	interval.data.mechanisms.clear();
	for (const ViewRow& view : views())
		EXPECT_THAT(draw(view.name, interval, description, History{}, kWait, {}).text(),
					HasSubstr("workqueue wait"));
}

TEST_F(Views, LossesAreInEveryView) {
	Interval interval = sample::machine_interval(sample::kLaptop, kSeconds);
	interval.data.mechanisms[0].books.set(AL_DROPPED_FULL, 97);
	const Description description = sample::machine_description(sample::kLaptop);
	for (const ViewRow& view : views())
		for (const int width : {20, 40, 80})
			EXPECT_THAT(
				draw(view.name, interval, description, History{}, kWait, {.width = width}).text(),
				HasSubstr("lost 97"))
				<< view.name << width;
}

}  // namespace
}  // namespace asynclat
