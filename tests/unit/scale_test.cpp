#include "view/scale.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

#include "model/history.h"
#include "unit/many_cpus.h"
#include "view/paint.h"

namespace asynclat {
namespace {

TEST(Sticky, GrowsAtOnceAndShrinksAfterTenQuietIntervals) {
	Sticky sticky;
	uint64_t now = 0;
	EXPECT_EQ(sticky.follow(5, ++now), 5u);
	EXPECT_EQ(sticky.follow(90, ++now), 90u);
	EXPECT_EQ(sticky.follow(20, ++now), 90u);
	for (int i = 2; i < 10; i++) EXPECT_EQ(sticky.follow(7, ++now), 90u);
	EXPECT_EQ(sticky.follow(7, ++now), 20u) << "the largest since";
	for (int i = 1; i < 10; i++) EXPECT_EQ(sticky.follow(7, ++now), 20u);
	EXPECT_EQ(sticky.follow(7, ++now), 7u);
}

TEST(Sticky, DrawingAnIntervalAgainIsNoQuietOne) {
	Sticky sticky;
	sticky.follow(90, 1);
	for (int i = 0; i < 50; i++) EXPECT_EQ(sticky.follow(7, 2), 90u);
}

TEST(Sticky, ALoudIntervalBeginsTheCountAnew) {
	Sticky sticky;
	uint64_t now = 0;
	sticky.follow(90, ++now);
	for (int i = 0; i < 9; i++) sticky.follow(7, ++now);
	sticky.follow(90, ++now);
	for (int i = 0; i < 9; i++) EXPECT_EQ(sticky.follow(7, ++now), 90u);
}

TEST(Scale, AnIntervalWithoutEventsLeavesTheRange) {
	Scale scale;
	const OctaveRange range = scale.follow(OctaveRange{8, 14}, 1);
	EXPECT_EQ(range, (OctaveRange{8, 14}));
	for (uint64_t now = 2; now < 30; now++) EXPECT_EQ(scale.follow(std::nullopt, now), range);
	EXPECT_EQ(scale.follow(OctaveRange{6, 20}, 30), (OctaveRange{6, 20}));
	EXPECT_EQ(scale.follow(OctaveRange{10, 11}, 31), (OctaveRange{6, 20}));
}

TEST(CountSteps, OneEventIsSeenAndTheMostIsTheLastStep) {
	for (uint64_t most = 1; most < 1ULL << 62; most = most * 3 + 1) {
		const CountSteps steps(most);
		EXPECT_EQ(steps.step(0), 0u);
		EXPECT_GE(steps.step(1), 1u);
		unsigned before = 0;
		for (uint64_t count = 1; count && count <= most; count *= 2) {
			EXPECT_GE(steps.step(count), before);
			before = steps.step(count);
			EXPECT_LE(before, kSteps);
		}
		EXPECT_GE(steps.step(most), kSteps - 1);
	}
}

TEST(CountSteps, TheLegendSaysWhereAStepBegins) {
	const CountSteps steps(1'000);
	for (unsigned step = 1; step <= kSteps; step++) {
		EXPECT_EQ(steps.step(steps.from(step)), step);
		if (step > 1) {
			EXPECT_EQ(steps.step(steps.from(step) - 1), step - 1);
		}
	}
	EXPECT_EQ(legend(steps, 100).text(),
			  "count/cell  blank 0  . 1+  : 3+  - 6+  = 14+  + 32+  * 77+  # 182+  @ 431+\n");
}

TEST(TimeSteps, RiseWithTheValueAndReachTheLastStep) {
	for (uint32_t low = 0; low < 30; low += 3)
		for (uint32_t high = low; high < AL_BUCKETS / AL_SUB; high++) {
			const TimeSteps steps({low, high});
			unsigned before = 1;
			for (uint32_t bucket = 0; bucket < AL_BUCKETS; bucket++) {
				const unsigned step = steps.step(al_bucket_low(bucket));
				ASSERT_GE(step, before);
				before = step;
			}
			ASSERT_LE(before, kSteps);
			ASSERT_EQ(steps.step(al_bucket_low(high * AL_SUB)), kSteps);
			for (unsigned step = 2; step <= kSteps; step++)
				if (const uint64_t from_ns = steps.from_ns(step)) {
					ASSERT_EQ(steps.step(from_ns), step);
					ASSERT_EQ(steps.step(from_ns - 1), step - 1);
				}
		}
}

// A row of every shade, and text after it.
Frame shades() {
	Frame frame(20);
	frame.new_row();
	for (unsigned step = 0; step <= kSteps; step++) frame.put_shade(step);
	frame.put("x");
	return frame;
}

TEST(Paint, WithoutColourAShadeIsACharacter) { EXPECT_EQ(painted(shades(), {}), " .:-=+*#@x\n"); }

TEST(Paint, IndexedColoursByCell) {
	const std::string text = painted(shades().rows()[0], {.colours = Colours::indexed});
	EXPECT_EQ(text,
			  " \x1b[0;97;48;5;53m.\x1b[0;97;48;5;61m:\x1b[0;97;48;5;24m \x1b[0;97;48;5;30m "
			  "\x1b[0;97;48;5;36m \x1b[0;30;48;5;113m \x1b[0;30;48;5;148m \x1b[0;30;48;5;220m "
			  "\x1b[0mx");
}

TEST(Paint, DirectColoursRiseInLuminance) {
	const std::string text = painted(shades().rows()[0], {.colours = Colours::direct});
	double before = 0;
	size_t found = 0;
	for (size_t at = text.find("48;2;"); at != std::string::npos; at = text.find("48;2;", at + 1)) {
		int r = 0, g = 0, b = 0;
		ASSERT_EQ(std::sscanf(text.c_str() + at, "48;2;%d;%d;%dm", &r, &g, &b), 3);
		const double luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
		EXPECT_GT(luminance, before);
		before = luminance;
		found++;
	}
	EXPECT_EQ(found, kSteps);
}

TEST(Paint, CellsThatLookTheSameShareAnEscape) {
	Frame frame(20);
	frame.put("title", Style::title);
	frame.put(" plain ");
	EXPECT_EQ(painted(frame, {.colours = Colours::indexed}), "\x1b[0;1mtitle\x1b[0m plain\n");
}

TEST(Paint, BlocksHaveAnAsciiVariant) {
	Frame frame(20);
	frame.new_row();
	for (char32_t block = U'▁'; block <= U'▏'; block++) frame.put_glyph(block, 1, Style::bar);
	const std::string ascii = painted(frame, {});
	EXPECT_EQ(ascii, "...:::#########\n") << "from below, then from the left";
	EXPECT_EQ(painted(frame, {.utf8 = true}), "▁▂▃▄▅▆▇█▉▊▋▌▍▎▏\n");
}

TEST(History, KeepsTheNewestOfAllCpusOrOne) {
	const Description description = sample::machine_description(sample::kServer);
	const Subject wait{AL_WORKQUEUE, AL_WQ_WAIT, AL_CLASS_PLAIN};
	History all({}, 3), one({43}, 3), none({99}, 3);
	Interval interval;
	for (uint64_t second = 1; second <= 5; second++) {
		interval = sample::machine_interval(sample::kServer, second, 20);
		for (History* history : {&all, &one, &none}) history->add(interval, description);
	}
	ASSERT_EQ(all.moments().size(), 3u);
	EXPECT_EQ(all.moments().front().mono_ns, sample::kStartMono + 3 * sample::kSecond);
	const StageData& stage = *find(interval, wait);
	const Histogram kept = all.moments().back().histograms.at(wait).expand();
	EXPECT_EQ(kept.buckets, stage.all_cpus().buckets);
	EXPECT_EQ(kept.max.value_ns, stage.all_cpus().max.value_ns);
	EXPECT_EQ(one.moments().back().histograms.at(wait).expand().buckets, stage.cpus[43].buckets);
	EXPECT_TRUE(none.moments().back().histograms.empty());
}

}  // namespace
}  // namespace asynclat
