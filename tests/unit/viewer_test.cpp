// What keys do to a picture, without a terminal.
#include "view/viewer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

#include "base/units.h"
#include "unit/many_cpus.h"

namespace asynclat {
namespace {

using testing::HasSubstr;
using testing::Not;

class ViewerTest : public testing::Test {
protected:
	explicit ViewerTest(const sample::Machine& machine = sample::kLaptop)
		: machine_(machine), description_(sample::machine_description(machine)) {
		description_.mechanisms.resize(2);  // of which there are data, and of which there are none
	}

	Viewer viewer(std::string_view view, Viewer::Pause pause = Viewer::Pause::picture,
				  const std::vector<al_stage>& stages = {}) {
		return {description_, *find_view(view), {}, stages, pause};
	}
	[[nodiscard]] Interval interval(uint64_t second) const {
		return sample::machine_interval(machine_, second, 40);
	}
	static void press(Viewer& viewer, std::u32string_view keys) {
		for (const char32_t pressed : keys) viewer.press(pressed);
	}
	static std::string text(Viewer& viewer, int width = 80, int height = 24) {
		return viewer.draw(width, height).text();
	}
	static std::string first_row(Viewer& viewer) {
		const std::string all = text(viewer);
		return all.substr(0, all.find('\n'));
	}

	sample::Machine machine_;
	Description description_;
};

class ViewerOfManyCpus : public ViewerTest {
protected:
	ViewerOfManyCpus() : ViewerTest(sample::kServer) {}
};

TEST_F(ViewerTest, AFrameFillsItsSizeAndEndsInTheKeys) {
	Viewer v = viewer("heatmap");
	for (const Interval& i : {interval(1), interval(2)}) v.add(i);
	for (const ViewRow& view : views()) {
		for (const int height : {4, 12, 24, 60})
			for (const int width : {20, 40, 80, 200}) {
				const Frame frame = v.draw(width, height);
				EXPECT_EQ(frame.rows().size(), static_cast<size_t>(height)) << view.name;
				for (const Row& row : frame.rows())
					EXPECT_LE(row.size(), static_cast<size_t>(width)) << view.name;
			}
		EXPECT_THAT(text(v), HasSubstr("q quit")) << view.name;
		v.press(key::kTab);
	}
	EXPECT_EQ(v.draw(80, 3).rows().size(), 3U);
	EXPECT_THAT(text(v, 80, 3), Not(HasSubstr("q quit")));
}

TEST_F(ViewerTest, TabGoesThroughAllViewsAndBack) {
	Viewer v = viewer("hist");
	for (const char* name : {"heatmap", "time", "stages", "top", "hist"}) {
		v.press(key::kTab);
		EXPECT_EQ(v.view().name, name);
		EXPECT_EQ(v.full_screen(), v.view().name != "hist");
	}
	v.press(key::kBackTab);
	EXPECT_EQ(v.view().name, "top");
}

TEST_F(ViewerTest, MechanismsAndStagesAreThoseThatAreCollected) {
	Viewer v = viewer("heatmap");
	v.add(interval(1));
	EXPECT_THAT(first_row(v), HasSubstr("workqueue wait"));
	for (const char* stage : {"hold", "kick", "wakeup", "behind", "run", "wait"}) {
		v.press(U's');
		EXPECT_THAT(first_row(v), HasSubstr(fmt::format("workqueue {}", stage)));
	}
	v.press(U'm');
	EXPECT_THAT(first_row(v), HasSubstr("delayed_work late"));
	v.press(U'm');
	EXPECT_THAT(first_row(v), HasSubstr("workqueue wait"));
}

TEST_F(ViewerTest, WhatIsNotCollectedIsAnsweredWithTheOption) {
	description_.mechanisms.resize(1);
	description_.mechanisms[0].stages = {AL_WQ_WAIT};
	Viewer v = viewer("heatmap");
	v.add(interval(1));
	v.press(U'm');
	EXPECT_THAT(text(v), HasSubstr("--mech all"));
	v.press(U's');
	EXPECT_THAT(text(v), HasSubstr("--stage all"));
	v.press(key::kHome);
	EXPECT_THAT(text(v), Not(HasSubstr("--stage all")));
}

TEST_F(ViewerTest, TheFirstStageAskedForIsShownFirst) {
	Viewer v = viewer("heatmap", Viewer::Pause::picture, {AL_WQ_RUN});
	v.add(interval(1));
	EXPECT_THAT(first_row(v), HasSubstr("workqueue run"));
}

TEST_F(ViewerTest, APauseHoldsThePictureAndLosesNothing) {
	Viewer v = viewer("heatmap");
	v.add(interval(1));
	const std::string before = text(v);
	v.press(U' ');
	v.add(interval(2));
	v.add(interval(3));
	EXPECT_THAT(first_row(v), HasSubstr("t=1s"));
	EXPECT_THAT(text(v), HasSubstr("held  q quit"));
	EXPECT_EQ(text(v).substr(0, 400), before.substr(0, 400));
	v.press(U' ');
	EXPECT_THAT(first_row(v), HasSubstr("t=3s"));
	// All three are in the run.
	v.press(U'w');
	EXPECT_THAT(first_row(v), HasSubstr("window=3s"));
	Interval total = interval(1);
	accumulate(total, interval(2));
	accumulate(total, interval(3));
	const uint64_t n = total.data.mechanisms[0].headline_count();
	std::string digits;
	for (const char c : first_row(v))
		if (c != ',') digits += c;
	EXPECT_THAT(digits, HasSubstr(fmt::format("n={}", n)));
}

TEST_F(ViewerTest, AHeldReplayGoesOnByTheStep) {
	Viewer v = viewer("heatmap", Viewer::Pause::run);
	v.press(U'.');
	EXPECT_FALSE(v.take_step());
	press(v, U" ..");
	EXPECT_TRUE(v.take_step());
	EXPECT_TRUE(v.take_step());
	EXPECT_FALSE(v.take_step());
	v.add(interval(5));
	EXPECT_THAT(first_row(v), HasSubstr("t=5s"));
}

TEST_F(ViewerTest, TimeIsLookedBackAtWhileHeld) {
	Viewer v = viewer("time");
	for (uint64_t second = 1; second <= 20; second++) v.add(interval(second));
	const std::string now = text(v);
	v.press(key::kLeft);
	EXPECT_THAT(text(v), HasSubstr("space holds"));
	v.press(U' ');
	v.press(key::kLeft);
	EXPECT_THAT(text(v), HasSubstr("-1s"));
	EXPECT_NE(text(v), now);
	v.press(key::kRight);
	EXPECT_THAT(text(v), HasSubstr("now"));
	for (int i = 0; i < 100; i++) v.press(key::kLeft);  // the oldest stays
	EXPECT_THAT(text(v), HasSubstr("-19s"));
}

TEST_F(ViewerTest, TopIsSortedByEachColumn) {
	Viewer v = viewer("top");
	v.add(interval(1));
	std::vector<std::string> orders;
	for (int i = 0; i < 6; i++, v.press(U'o')) orders.push_back(text(v));
	EXPECT_EQ(text(v), orders[0]);
	EXPECT_NE(orders[0], orders[5]);  // by name
}

TEST_F(ViewerTest, RowsAreByWhateverThereIs) {
	Viewer v = viewer("top");
	v.add(interval(1));
	EXPECT_THAT(first_row(v), HasSubstr("by function"));
	v.press(U'g');
	EXPECT_THAT(first_row(v), HasSubstr("by workqueue"));
	v.press(U'g');
	EXPECT_THAT(first_row(v), HasSubstr("by function"));
}

TEST_F(ViewerTest, BeforeTheFirstIntervalNoTimeHasPassed) {
	Viewer v = viewer("heatmap");
	EXPECT_THAT(first_row(v), HasSubstr("t=0ns  window=0"));
}

TEST_F(ViewerTest, WhatScrollsIsNotChangedByTheKeysOfPictures) {
	Viewer v = viewer("hist");
	v.add(interval(1));
	press(v, U"mswg\n");
	v.press(key::kTab);
	EXPECT_THAT(first_row(v), HasSubstr("workqueue wait"));
	EXPECT_THAT(first_row(v), HasSubstr("2 CPUs"));
}

TEST_F(ViewerTest, OpeningWhileLookingBackShowsTheOpenCpuNow) {
	Viewer v = viewer("time");
	for (uint64_t second = 1; second <= 20; second++) v.add(interval(second));
	v.press(U' ');
	for (int i = 0; i < 5; i++) v.press(key::kLeft);
	v.press(key::kEnter);
	EXPECT_THAT(text(v), HasSubstr("now"));
	EXPECT_THAT(first_row(v), Not(HasSubstr("n=0")));
}

TEST_F(ViewerTest, TheWholeRunIsInOnePictureOverTime) {
	Viewer v = viewer("time");
	uint64_t n = 0;
	for (uint64_t second = 1; second <= 300; second++) {
		v.add(interval(second));
		n += interval(second).data.mechanisms[0].headline_count();
	}
	EXPECT_THAT(first_row(v), HasSubstr("window=65s"));
	for (const int width : {40, 80, 200}) {
		const std::string whole = v.draw_whole(width, 24).text();
		// Where there is no room for it, the count is all there is.
		const std::string title = whole.substr(0, whole.find('\n'));
		if (width >= 80) {
			EXPECT_THAT(title, HasSubstr("window=" + short_duration_text(300 * sample::kSecond)));
		}
		std::string digits;
		for (const char c : whole)
			if (c != ',') digits += c;
		EXPECT_THAT(digits, HasSubstr(fmt::format("n={}", n))) << width;
	}
}

TEST_F(ViewerTest, EachPressScrollsOneRow) {
	Viewer v = viewer("top");
	v.add(interval(1));
	const std::string top = text(v, 80, 8);
	for (int i = 0; i < 40; i++) v.press(key::kDown);
	const std::string end = text(v, 80, 8);
	EXPECT_NE(end, top);
	v.press(key::kUp);
	EXPECT_NE(text(v, 80, 8), end);
}

TEST_F(ViewerTest, HelpCoversThePictureUntilAKey) {
	Viewer v = viewer("hist");
	EXPECT_FALSE(v.full_screen());
	v.press(U'?');
	EXPECT_TRUE(v.full_screen());
	EXPECT_THAT(text(v), HasSubstr("hold the picture"));
	v.press(U'm');
	EXPECT_FALSE(v.full_screen());
	v.press(U'?');
	v.press(U'q');
	EXPECT_TRUE(v.quit_asked());
}

TEST_F(ViewerOfManyCpus, EnterOpensTheWorstGroupThenItsWorstCpu) {
	Viewer v = viewer("heatmap");
	v.add(sample::machine_interval(machine_, 1));
	EXPECT_THAT(first_row(v), HasSubstr("63 CPUs"));
	v.press(key::kEnter);
	EXPECT_THAT(first_row(v), HasSubstr("CPUs 40-47"));
	v.press(key::kEnter);
	EXPECT_THAT(first_row(v), HasSubstr("CPU 43"));
	v.press(key::kEnter);
	EXPECT_THAT(text(v), HasSubstr("nothing more to open"));
	v.press(key::kDown);
	EXPECT_THAT(first_row(v), HasSubstr("CPU 44"));
	press(v, U"kkkkkkkkkkk");
	EXPECT_THAT(first_row(v), HasSubstr("CPU 40"));
	v.press(key::kEscape);
	EXPECT_THAT(first_row(v), HasSubstr("CPUs 40-47"));
	v.press(key::kDown);
	EXPECT_THAT(first_row(v), HasSubstr("CPUs 48-55"));
	v.press(key::kEscape);
	EXPECT_THAT(first_row(v), HasSubstr("63 CPUs"));
}

TEST_F(ViewerOfManyCpus, WhatIsOpenIsThatInEachView) {
	Viewer v = viewer("heatmap");
	v.add(sample::machine_interval(machine_, 1));
	press(v, U"\n\n");
	const Interval second = sample::machine_interval(machine_, 1);
	const std::string n = fmt::format("n={}", second.data.mechanisms[0].stages[0].cpus[43].count());
	for (const char* view : {"heatmap", "time", "stages"}) {
		EXPECT_THAT(first_row(v), HasSubstr("CPU 43")) << view;
		EXPECT_THAT(first_row(v), HasSubstr(n)) << view;
		v.press(key::kTab);
	}
	EXPECT_THAT(first_row(v), HasSubstr("of all CPUs"));  // rows by function are
}

TEST_F(ViewerOfManyCpus, RowsThatDoNotFitAreScrolledToAndNeverLost) {
	Viewer v = viewer("heatmap");
	v.add(sample::machine_interval(machine_, 1));
	press(v, U"gg");  // auto, CPU, core
	std::set<std::string> seen;
	for (int i = 0; i < 64; i++, v.press(key::kDown)) {
		const std::string all = text(v);
		EXPECT_THAT(all, HasSubstr("+"));
		for (int core = 0; core < 32; core++)
			if (all.find(fmt::format(" C{} ", core)) != std::string::npos)
				seen.insert(fmt::format("C{}", core));
	}
	EXPECT_EQ(seen.size(), 32U);
}

}  // namespace
}  // namespace asynclat
