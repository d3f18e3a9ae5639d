#include "export/charts.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.h"
#include "export/markup.h"
#include "export/page_axis.h"
#include "export/svg.h"

namespace asynclat {
namespace {

constexpr double kLine = 18;  // of text

std::string range_text(uint32_t step) {
	return fmt::format("{} to {}", short_duration_text(PageAxis::low_ns(step)),
					   short_duration_text(PageAxis::end_ns(step)));
}

std::string items_text(uint64_t count) {
	return fmt::format("{} {}", count_text(count), count == 1 ? "item" : "items");
}

// Labels under a horizontal latency axis, as many as there is room for.
void put_ticks(Svg& svg, const PageAxis& axis, double left, double width, double top, double y) {
	double free_from = 0;
	for (const uint64_t tick : axis.ticks()) {
		const double x = left + axis.at(tick) * width;
		if (x < std::max(free_from, left) || x > left + width) continue;
		svg.line(x, top, x, y, "axis");
		svg.text(x, y + 14, short_duration_text(tick), "mid");
		free_from = x + 52;
	}
}

uint64_t most_in_a_cell(const Histogram& histogram) {
	uint64_t most = 0;
	for (uint32_t step = 0; step < PageAxis::kSteps; step++)
		most = std::max(most, PageAxis::count(histogram, step));
	return most;
}

template <typename Items>
Histogram merged(const Items& items) {
	Histogram all;
	for (const auto& item : items) all.merge(item.histogram);
	return all;
}

template <typename Items>
uint64_t most_in_a_cell(const Items& items) {
	uint64_t most = 0;
	for (const auto& item : items) most = std::max(most, most_in_a_cell(item.histogram));
	return most;
}

void put_mark(Svg& svg, double x, double top, double bottom, double y, const std::string& text) {
	const bool right = x > Svg::kWidth / 2;
	svg.line(x, top, x, bottom, "mark");
	svg.text(x + (right ? -4 : 4), y, text, right ? "marked end" : "marked");
}

}  // namespace

std::string histogram_chart(const Histogram& histogram) {
	constexpr double kTop = 58, kHeight = 170, kBottom = kTop + kHeight;
	const PageAxis axis(histogram);
	const uint64_t most = most_in_a_cell(histogram), total = histogram.count();
	Svg svg(kBottom + 22, "histogram of latency");
	const double cell = Svg::kWidth / axis.steps();
	put_ticks(svg, axis, 0, Svg::kWidth, kTop, kBottom);
	for (uint32_t i = 0; i < axis.steps(); i++) {
		const uint32_t step = axis.first() + i;
		const uint64_t count = PageAxis::count(histogram, step);
		if (!count) continue;
		// One item is not lost beside a million.
		const double height =
			std::max(2.0, kHeight * static_cast<double>(count) / static_cast<double>(most));
		svg.rect(i * cell + 0.5, kBottom - height, cell - 1, height, "bar",
				 fmt::format("{}: {}, {:.2g} %", range_text(step), items_text(count),
							 100.0 * static_cast<double>(count) / static_cast<double>(total)));
	}
	svg.line(0, kBottom, Svg::kWidth, kBottom, "axis");
	double y = 12;
	for (const auto& [name, quantile] : {std::pair{"p50", 0.5}, {"p99", 0.99}, {"max", 1.0}}) {
		const uint64_t value = quantile < 1 ? histogram.quantile(quantile) : histogram.max.value_ns;
		if (!value) continue;
		put_mark(svg, axis.at(value) * Svg::kWidth, y - 10, kBottom, y,
				 fmt::format("{} {}", name, short_duration_text(value)));
		y += kLine;
	}
	return svg.take();
}

std::string cpu_chart(const std::vector<CpuRow>& rows) {
	constexpr double kLeft = 62, kRight = 128, kWide = Svg::kWidth - kLeft - kRight;
	const double row_height = rows.size() > 16 ? 15 : 24;
	const double bottom = kLine + row_height * static_cast<double>(rows.size());
	const PageAxis axis(merged(rows));
	const uint64_t most = most_in_a_cell(rows);
	Svg svg(bottom + 48, "items by CPU and latency");
	const double cell = kWide / axis.steps();
	svg.text(0, 12, "CPU");
	svg.text(Svg::kWidth - 66, 12, "p99", "end");
	svg.text(Svg::kWidth, 12, "max", "end");
	put_ticks(svg, axis, kLeft, kWide, kLine, bottom);
	double y = kLine;
	for (const CpuRow& row : rows) {
		const double base = y + row_height / 2 + 5;
		svg.text(0, base, row.name, "ink");
		for (uint32_t i = 0; i < axis.steps(); i++) {
			const uint32_t step = axis.first() + i;
			if (const uint64_t count = PageAxis::count(row.histogram, step))
				svg.rect(
					kLeft + i * cell, y + 0.5, cell - 0.5, row_height - 1, shade(count, most),
					fmt::format("CPU {}, {}: {}", row.name, range_text(step), items_text(count)));
		}
		if (!row.histogram.empty()) {
			svg.text(Svg::kWidth - 66, base, short_duration_text(row.histogram.quantile(0.99)),
					 "end");
			svg.text(Svg::kWidth, base, short_duration_text(row.histogram.max.value_ns), "ink end");
		}
		y += row_height;
	}
	put_legend(svg, bottom + 28, most);
	return svg.take();
}

std::string time_chart(const std::vector<TimeColumn>& columns, uint64_t start_mono_ns,
					   uint64_t start_wall_ns) {
	constexpr double kLeft = 62, kWide = Svg::kWidth - kLeft, kCell = 11;
	const PageAxis axis(merged(columns));
	const uint64_t most = most_in_a_cell(columns);
	const double bottom = 6 + kCell * axis.steps();
	Svg svg(bottom + 48, "items by time and latency");
	const auto begin = static_cast<double>(columns.front().from_ns);
	const double length = static_cast<double>(columns.back().to_ns) - begin;
	const auto place = [&](uint64_t mono_ns) {
		return kLeft + kWide * (static_cast<double>(mono_ns) - begin) / std::max(1.0, length);
	};
	const auto clock = [&](uint64_t mono_ns) {
		return utc_text(start_wall_ns + mono_ns - start_mono_ns).substr(11, 8);
	};
	double free_below = bottom + kLine;
	for (const uint64_t tick : axis.ticks()) {
		const double y = bottom - axis.at(tick) * kCell * axis.steps();
		if (y > free_below || y < 10) continue;
		svg.line(kLeft, y, Svg::kWidth, y, "axis");
		svg.text(kLeft - 6, y + 5, short_duration_text(tick), "end");
		free_below = y - kLine;
	}
	for (const TimeColumn& column : columns) {
		const double x = place(column.from_ns), end = place(column.to_ns);
		for (uint32_t i = 0; i < axis.steps(); i++) {
			const uint32_t step = axis.first() + i;
			if (const uint64_t count = PageAxis::count(column.histogram, step))
				svg.rect(x, bottom - kCell * (i + 1) + 0.5, std::max(0.8, end - x - 0.5), kCell - 1,
						 shade(count, most),
						 fmt::format("{} to {}, {}: {}", clock(column.from_ns), clock(column.to_ns),
									 range_text(step), items_text(count)));
		}
	}
	svg.text(kLeft, bottom + 16, clock(columns.front().from_ns));
	svg.text(Svg::kWidth, bottom + 16, clock(columns.back().to_ns), "end");
	put_legend(svg, bottom + 28, most);
	return svg.take();
}

std::string stage_chart(const std::vector<StageRow>& rows) {
	constexpr double kLeft = 76, kRight = 62, kWide = Svg::kWidth - kLeft - kRight;
	constexpr double kRow = 30, kShares = 34;
	double whole = 0;
	for (const StageRow& row : rows)
		if (row.is_part) whole += static_cast<double>(row.histogram.sum_ns);
	const double top = whole > 0 ? kShares + kLine : kLine;
	const double bottom = top + kRow * static_cast<double>(rows.size());
	const PageAxis axis(merged(rows));
	Svg svg(bottom + 20, "stages");
	put_ticks(svg, axis, kLeft, kWide, top, bottom);
	if (whole > 0) svg.text(Svg::kWidth, top - 6, "of total", "end");
	double x = 0, y = top;
	int colour = 0;
	for (const StageRow& row : rows) {
		const Histogram& h = row.histogram;
		const std::string style = row.is_part ? fmt::format("s{}", colour++ % 4 + 1) : "s5";
		const double share = whole > 0 ? static_cast<double>(h.sum_ns) / whole : 0;
		if (row.is_part && share > 0) {
			svg.rect(x, 0, std::max(0.8, share * Svg::kWidth - 0.5), kShares - 8, style,
					 fmt::format("{}: {:.3g} % of the total, {}", row.name, 100 * share,
								 short_duration_text(h.sum_ns)));
			x += share * Svg::kWidth;
		}
		const uint64_t p50 = h.quantile(0.5), p99 = h.quantile(0.99), max = h.max.value_ns;
		const auto place = [&](uint64_t ns) { return kLeft + axis.at(ns) * kWide; };
		const std::string tip = fmt::format("{}: {}, p50 {}, p99 {}, max {}", row.name,
											items_text(h.count()), short_duration_text(p50),
											short_duration_text(p99), short_duration_text(max));
		svg.text(0, y + 19, row.name, "ink");
		svg.rect(place(p50), y + 11, std::max(2.0, place(max) - place(p50)), 7, style + " thin",
				 tip);
		svg.rect(place(p50), y + 7, std::max(2.0, place(p99) - place(p50)), 15, style, tip);
		if (row.is_part)
			svg.text(Svg::kWidth, y + 19, fmt::format("{:.3g} %", 100 * share), "ink end");
		y += kRow;
	}
	return svg.take();
}

}  // namespace asynclat
