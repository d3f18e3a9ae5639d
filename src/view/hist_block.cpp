#include "view/hist_block.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "view/octaves.h"

namespace asynclat {
namespace {

constexpr size_t kFullWidth = 64;  // from here on columns are as wide as bcc's
constexpr size_t kBarWidth = 40;   // columns from which on there is a bar; also its longest
constexpr size_t kShortestBar = 4;
constexpr size_t kNumbersWidth = 20;
constexpr std::string_view kDistribution = "distribution";

// Figures below a table of full width stand in from its title.
Indent figures_indent(size_t width) { return width >= kFullWidth ? Indent{2, 4} : Indent{0, 2}; }

// Width of each column of the table, from its contents.
struct Columns {
	size_t low;
	size_t high;
	size_t count;

	[[nodiscard]] size_t labels() const { return low + 4 + high; }  // "low -> high"
	[[nodiscard]] size_t numbers() const { return labels() + 3 + count; }
};

Columns columns_for(const std::vector<Octave>& rows, Unit unit, size_t width) {
	const bool full = width >= kFullWidth;
	Columns columns = full ? Columns{10, 10, 8} : Columns{unit_name(unit).size(), 1, 5};
	for (const Octave& row : rows) {
		const OctaveLabel text = label(row, unit);
		columns.low = std::max(columns.low, text.low.size());
		columns.high = std::max(columns.high, text.high.size());
		columns.count = std::max(columns.count, std::to_string(row.count).size());
	}
	return columns;
}

// A count that is not zero always leaves a mark.
size_t bar_length(uint64_t count, uint64_t largest, size_t room) {
	return count ? std::max<uint64_t>(1, count * room / largest) : 0;
}

std::string row_label(const Octave& row, Unit unit, const Columns& columns) {
	const OctaveLabel text = label(row, unit);
	return fmt::format("{:>{}}{}{:<{}}", text.low, columns.low, row.open ? "    " : " -> ",
					   text.high, columns.high);
}

void put_bars(Frame& frame, const std::vector<Octave>& rows, Unit unit, const Columns& columns,
			  size_t room) {
	uint64_t largest = 0;
	for (const Octave& row : rows) largest = std::max(largest, row.count);
	frame.new_row();
	frame.put(fmt::format("{:>{}}{:{}} : {:<{}}", unit_name(unit), columns.low, "",
						  columns.labels() - columns.low, "count", columns.count),
			  Style::header);
	if (room + 2 >= kDistribution.size())
		frame.put(fmt::format(" {}", kDistribution), Style::header);
	for (const Octave& row : rows) {
		const size_t length = bar_length(row.count, largest, room);
		frame.new_row();
		frame.put(
			fmt::format("{} : {:<{}} |", row_label(row, unit, columns), row.count, columns.count));
		frame.put(std::string(length, '*'), Style::bar);
		frame.put(std::string(room - length, ' ') + "|");
	}
}

// Where not even the labels fit, a row is named by its lower edge alone.
void put_numbers(Frame& frame, const std::vector<Octave>& rows, Unit unit, const Columns& columns) {
	const bool ranges = columns.numbers() <= frame.width();
	const std::string unit_text = fmt::format("{}{}", ranges ? "" : "from ", unit_name(unit));
	const size_t low = std::max(columns.low, unit_text.size());
	const size_t width = ranges ? columns.labels() : low;
	frame.flow({fmt::format("{:>{}}{:{}}", unit_text, low, "", width - low), ":", "count"}, " ", {},
			   Style::header);
	for (const Octave& row : rows) {
		const std::string name = ranges ? row_label(row, unit, columns)
										: fmt::format("{:>{}}", label(row, unit).low, width);
		frame.flow({name, ":", std::to_string(row.count)}, " ");
	}
}

struct Figure {
	std::string name;
	std::string value;
};

// The extremes are left out where they are not known.
std::vector<Figure> figures(const Histogram& histogram, Unit unit) {
	const bool extremes = histogram.min_ns != kNoMinimum;
	const auto quantile = [&](double q) { return rounded(histogram.quantile(q), unit); };
	std::vector<Figure> all = {{"n", with_commas(histogram.count())}};
	if (extremes) all.push_back({"min", rounded(histogram.min_ns, unit)});
	all.insert(all.end(), {{"p50", quantile(0.5)},
						   {"p90", quantile(0.9)},
						   {"p99", quantile(0.99)},
						   {"p99.9", quantile(0.999)}});
	if (extremes) all.push_back({"max", rounded(histogram.max.value_ns, unit)});
	return all;
}

void put_figures(Frame& frame, const Histogram& histogram, Unit unit) {
	std::vector<std::string> words;
	for (const Figure& f : figures(histogram, unit)) words.push_back(f.name + " " + f.value);
	frame.flow(words, "  ", figures_indent(frame.width()));
}

void put_maximum(Frame& frame, const Histogram& histogram, Unit unit, WallClock clock) {
	if (histogram.min_ns == kNoMinimum) return;
	const Peak& max = histogram.max;
	std::vector<std::string> words = {"max " + exact(max.value_ns, unit)};
	if (max.mono_ns) {
		words.push_back("at " + time_of_day(clock.at(max.mono_ns)));
		words.push_back(fmt::format("on cpu {}", max.cpu));
	}
	if (!max.function.empty()) words.push_back("in " + max.function);
	frame.flow(words, " ", figures_indent(frame.width()));
}

void put_four(Frame& frame, const Histogram& histogram, Unit unit) {
	frame.flow({std::string(unit_name(unit))}, "", {}, Style::header);
	for (const Figure& f : figures(histogram, unit))
		if (f.name == "n" || f.name == "p50" || f.name == "p99" || f.name == "max")
			frame.flow({fmt::format("{:<3}", f.name), fmt::format("{:>9}", f.value)}, " ");
}

}  // namespace

Frame hist_block(const std::vector<std::string>& title, const Histogram& histogram, Unit unit,
				 WallClock clock, int width) {
	Frame frame(width);
	frame.flow(title, ", ", {0, 2}, Style::title);
	if (frame.width() < kNumbersWidth) {
		put_four(frame, histogram, unit);
		return frame;
	}
	const std::vector<Octave> rows = octaves(histogram);
	const Columns columns = columns_for(rows, unit, frame.width());
	const size_t taken = columns.numbers() + 3;  // " |" and "|"
	const size_t room = frame.width() > taken ? std::min(frame.width() - taken, kBarWidth) : 0;
	if (frame.width() >= kBarWidth && room >= kShortestBar)
		put_bars(frame, rows, unit, columns, room);
	else
		put_numbers(frame, rows, unit, columns);
	put_figures(frame, histogram, unit);
	put_maximum(frame, histogram, unit, clock);
	return frame;
}

}  // namespace asynclat
