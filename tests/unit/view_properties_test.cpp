// What holds for every picture: it fits, and no event is lost on the way into it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "unit/many_cpus.h"
#include "view/cpu_grid.h"
#include "view/heat_table.h"
#include "view/views.h"

namespace asynclat {
namespace {

class ViewProperties : public testing::Test {
protected:
	uint64_t below(uint64_t limit) { return random_() % limit; }

	Histogram some_histogram() {
		Histogram h;
		const uint64_t values = below(4) ? below(60) : 0;
		for (uint64_t i = 0; i < values; i++)
			sample::record(h, random_() >> below(64), 1 + below(1 + (1ULL << below(20))),
						   sample::kSecond, 0, "a_function_with_quite_a_long_name");
		return h;
	}

	// Any machine, with any numbers in its histograms.
	void some_machine() {
		sample::Machine machine;
		machine.cpus = static_cast<uint32_t>(1 + below(below(2) ? 300 : 8));
		machine.nodes = static_cast<uint32_t>(1 + below(std::min<uint32_t>(machine.cpus, 8)));
		if (below(2)) machine.offline = {0, machine.cpus / 2};
		description_ = sample::machine_description(machine);
		interval_ = sample::interval();
		MechanismData& data = interval_.data.mechanisms[0];
		data.stages.clear();
		for (const al_stage stage : description_.mechanisms[0].stages) {
			StageData& s = data.stages.emplace_back();
			s.stage = stage;
			for (uint32_t cpu = 0; cpu < machine.cpus; cpu++) s.cpus.push_back(some_histogram());
		}
		data.groups.clear();
		for (uint64_t i = below(90); i-- > 0;)
			data.groups.push_back({AL_BY_FUNCTION,
								   std::string(1 + below(60), 'f') + std::to_string(i),
								   some_histogram()});
		history_.add(interval_, description_);
	}

	std::mt19937_64 random_{7};
	Description description_;
	Interval interval_;
	History history_{{}, 600};
};

size_t shades(const Row& row) {
	return static_cast<size_t>(std::count_if(
		row.begin(), row.end(), [](const Cell& cell) { return cell.style == Style::shade; }));
}

uint64_t sum(const std::vector<uint64_t>& counts) {
	return std::accumulate(counts.begin(), counts.end(), uint64_t{0});
}

TEST_F(ViewProperties, EveryViewFitsAnySize) {
	constexpr SplitBy kSplits[] = {SplitBy::nothing, SplitBy::function, SplitBy::item_class};
	Scale scale;
	for (int round = 0; round < 60; round++) {
		some_machine();
		for (int i = 0; i < 6; i++) {
			ViewOptions options;
			options.width = static_cast<int>(1 + below(i % 2 ? 500 : 90));
			options.height = static_cast<int>(1 + below(i % 2 ? 200 : 26));
			options.split_by = kSplits[below(std::size(kSplits))];
			for (const ViewRow& view : views()) {
				const Subject subject = subjects(description_, interval_).front();
				const Frame frame =
					view.draw({interval_, description_, history_, subject, options}, scale);
				if (view.full_screen) {
					ASSERT_LE(frame.rows().size(), static_cast<size_t>(options.height))
						<< view.name << '\n'
						<< frame.text();
				}
				for (const Row& row : frame.rows())
					ASSERT_LE(row.size(), static_cast<size_t>(options.width))
						<< view.name << ' ' << options.height << '\n'
						<< frame.text();
			}
		}
	}
}

TEST_F(ViewProperties, CellsHoldEveryEventOnAnyAxis) {
	for (int round = 0; round < 3000; round++) {
		const Histogram h = some_histogram();
		OctaveRange range{static_cast<uint32_t>(below(35)), 0};
		range.highest = range.lowest + static_cast<uint32_t>(below(35 - range.lowest));
		const size_t room = 1 + below(500);
		const LatencyAxis axis = fit_axis(range, room);
		ASSERT_LE(axis.cells, room);
		ASSERT_EQ(sum(axis.fold(h)), h.count());
		for (size_t cell = 1; cell < axis.cells; cell++)
			ASSERT_GT(axis.first_bucket(cell), axis.first_bucket(cell - 1));
		ASSERT_EQ(axis.low_ns(axis.cells - 1), al_bucket_low(range.highest * AL_SUB));
	}
}

TEST_F(ViewProperties, RowsThatFindNoRoomAreOneRowTogether) {
	for (int round = 0; round < 300; round++) {
		std::vector<HeatRow> rows;
		uint64_t count = 0;
		for (uint64_t i = 1 + below(100); i-- > 0;) {
			rows.push_back(heat_row(std::to_string(i), some_histogram()));
			count += rows.back().histogram.count();
		}
		const size_t most = 1 + below(30);
		const size_t before = rows.size();
		const auto fitted = fit_rows(std::move(rows), most);
		ASSERT_EQ(fitted.size(), std::min(before, most));
		uint64_t kept = 0;
		for (const HeatRow& row : fitted) kept += row.histogram.count();
		ASSERT_EQ(kept, count);
		if (before > most) {
			ASSERT_EQ(fitted.back().label, "+" + std::to_string(before - most + 1));
		}
	}
}

TEST_F(ViewProperties, EveryCellWithEventsHasAMark) {
	for (int round = 0; round < 500; round++) {
		std::vector<HeatRow> rows;
		Histogram all;
		for (int i = 0; i < 5; i++) {
			rows.push_back(heat_row(std::to_string(i), some_histogram()));
			all.merge(rows.back().histogram);
		}
		Scale scale;
		const int width = static_cast<int>(20 + below(480));
		const HeatTable table(width, octave_range(all), rows, scale, 1);
		for (const HeatRow& row : rows) {
			Frame frame(width);
			table.put_row(frame, row);
			const auto counts = table.axis().fold(row.histogram);
			const auto with_events =
				counts.size() - static_cast<size_t>(std::count(counts.begin(), counts.end(), 0U));
			const size_t cell_width = with_events ? shades(frame.rows()[0]) / with_events : 0;
			ASSERT_EQ(shades(frame.rows()[0]), with_events * cell_width);
			ASSERT_TRUE(!with_events || cell_width >= 1) << frame.text();
		}
	}
}

TEST_F(ViewProperties, TimeRowsSumToTheEventsShown) {
	for (int round = 0; round < 40; round++) {
		History history;
		uint64_t count = 0;
		for (uint64_t i = 0; i < 5; i++) {
			some_machine();
			StageData& wait = interval_.data.mechanisms[0].stages[0];
			wait.cpus.assign(1, Histogram{});
			for (uint64_t n = below(50); n-- > 0; count++)
				sample::record(wait.cpus[0], random_() >> below(64));
			interval_.data.mono_ns += i * sample::kSecond;
			history.add(interval_, description_);
		}
		Scale scale;
		const ViewOptions options{.width = static_cast<int>(60 + below(200)),
								  .height = static_cast<int>(8 + below(60))};
		const Frame frame = find_view("time")->draw(
			{interval_, description_, history, {AL_WORKQUEUE, AL_WQ_WAIT, AL_CLASS_PLAIN}, options},
			scale);
		uint64_t shown = 0;
		for (const Row& row : frame.rows()) {
			if (row.empty()) continue;
			if (row.back().glyph == U'n') break;  // the times: what follows explains
			if (!shades(row) || row.size() != static_cast<size_t>(options.width)) continue;
			std::string digits;
			for (size_t i = row.size() - 5; i < row.size(); i++)
				digits += static_cast<char>(row[i].glyph);
			shown += std::stoull(digits);
		}
		ASSERT_EQ(shown, count) << frame.text();
	}
}

TEST_F(ViewProperties, EveryCpuWithEventsHasACellInTheGrid) {
	for (int round = 0; round < 60; round++) {
		some_machine();
		const History history;
		const MechanismData& data = interval_.data.mechanisms[0];
		const Subject first{data.mechanism, data.stages[0].stage, data.stages[0].item_class};
		const auto cpus = cpus_of({interval_, description_, history, first, {}});
		Scale scale;
		const int width = static_cast<int>(20 + below(200));
		const auto grid = cpu_grid(cpus, width, 400, scale, 1);
		ASSERT_TRUE(grid);
		size_t marks = 0;
		for (const Row& row : grid->rows())
			if (row[0].glyph == U'N') marks += shades(row);
		ASSERT_EQ(marks, static_cast<size_t>(std::count_if(
							 cpus.begin(), cpus.end(), [](const CpuData& c) { return !c.idle; })));
	}
}

}  // namespace
}  // namespace asynclat
