#include "view/heat_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "view/quantity.h"

namespace asynclat {
namespace {

constexpr size_t kFigureWidth = 6;
constexpr size_t kLabelGap = 7;  // from one label of the axis to the next, at least
constexpr size_t kWidestCell = 4;
constexpr double kCount = 2;
constexpr size_t kWidestNumber = 5;  // labels up to this width stand to the right

size_t label_width_for(const std::vector<HeatRow>& rows, size_t width) {
	size_t longest = 4;
	for (const HeatRow& row : rows) longest = std::max(longest, row.label.size());
	return std::min(longest, std::max<size_t>(width / 4, 4));
}

uint64_t fullest_cell(const std::vector<HeatRow>& rows, const LatencyAxis& axis) {
	uint64_t most = 1;
	for (const HeatRow& row : rows) {
		if (row.empty) continue;
		const auto counts = axis.fold(row.histogram);
		most = std::max(most, *std::max_element(counts.begin(), counts.end()));
	}
	return most;
}

}  // namespace

HeatTable::HeatTable(int width, std::optional<OctaveRange> range, const std::vector<HeatRow>& rows,
					 Scale& scale, uint64_t mono_ns)
	: label_width_(label_width_for(rows, static_cast<size_t>(width))), steps_(1) {
	if (width >= 100) figures_ = {{"n", kCount}, {"p50", 0.5}, {"p90", 0.9}};
	if (width >= 48 && width < 100) figures_ = {{"p50", 0.5}};
	if (width >= 30) figures_.push_back({"p99", 0.99});
	if (width >= 24) figures_.push_back({"max", 1});
	const size_t taken = label_width_ + 1 + figures_.size() * kFigureWidth;
	const size_t room = static_cast<size_t>(width) > taken ? static_cast<size_t>(width) - taken : 1;
	axis_ = fit_axis(scale.follow(range, mono_ns), room);
	cell_width_ = std::clamp<size_t>(room / axis_.cells, 1, kWidestCell);
	steps_ = CountSteps(scale.count.follow(fullest_cell(rows, axis_), mono_ns));
}

void HeatTable::put_axis(Frame& frame) const {
	const size_t begin = frame.rows().back().size();
	const std::string last = ">=" + edge(axis_.low_ns(axis_.cells - 1));
	const size_t last_at = plot_width() > last.size() ? plot_width() - last.size() : 0;
	// Edges of octaves, at regular distances from the open cell.
	size_t stride = 1;
	while (axis_.buckets_a_cell * stride % AL_SUB || stride * cell_width_ < kLabelGap) stride++;
	for (size_t cell = (axis_.cells - 1) % stride; cell + 1 < axis_.cells; cell += stride) {
		const std::string label = edge(axis_.low_ns(cell));
		const size_t at = cell * cell_width_;
		if (at + label.size() >= last_at) break;
		frame.pad_to(begin + at);
		frame.put(label, Style::header);
	}
	frame.pad_to(begin + last_at);
	frame.put_within(last, plot_width(), Style::header);
	frame.pad_to(begin + plot_width());
}

void HeatTable::put_heading(Frame& frame, const std::string& what) const {
	frame.new_row();
	frame.put_within(what, label_width_, Style::header);
	frame.pad_to(label_width_ + 1);
	put_axis(frame);
	for (const Figure& figure : figures_)
		frame.put(fmt::format("{:>{}}", figure.name, kFigureWidth), Style::header);
}

void HeatTable::put_figures(Frame& frame, const HeatRow& row) const {
	for (const Figure& figure : figures_) {
		std::string text = "-";
		if (figure.quantile == kCount)
			text = short_count(row.histogram.count());
		else if (!row.empty)
			text = edge(figure.quantile < 1 ? row.histogram.quantile(figure.quantile)
											: row.histogram.quantile(1));
		frame.put(fmt::format("{:>{}}", text, kFigureWidth));
	}
}

void HeatTable::put_row(Frame& frame, const HeatRow& row) const {
	frame.new_row();
	const size_t shown = std::min(row.label.size(), label_width_);
	if (label_width_ <= kWidestNumber) frame.put_blanks(label_width_ - shown);
	frame.put_within(row.label, label_width_);
	frame.pad_to(label_width_ + 1);
	for (const uint64_t count : axis_.fold(row.histogram))
		frame.put_shade(steps_.step(count), cell_width_);
	put_figures(frame, row);
}

void HeatTable::put_chart(Frame& frame, const std::string& what, const Histogram& histogram,
						  size_t height) const {
	constexpr uint64_t kEighths = 8;
	constexpr std::array<char32_t, 9> kColumns = {U' ', U'▁', U'▂', U'▃', U'▄',
												  U'▅', U'▆', U'▇', U'█'};
	const auto counts = axis_.fold(histogram);
	const uint64_t most = std::max<uint64_t>(1, *std::max_element(counts.begin(), counts.end()));
	frame.new_row();
	frame.put_within(fmt::format("{}, highest column {}", what, with_commas(most)), frame.width(),
					 Style::header);
	for (size_t row = height; row-- > 0;) {
		frame.new_row();
		frame.pad_to(label_width_ + 1);
		for (const uint64_t count : counts) {
			// An event has a mark, however small its share.
			const auto share = static_cast<double>(count) / static_cast<double>(most);
			const auto eighths = std::max<uint64_t>(
				count ? 1 : 0, static_cast<uint64_t>(share * static_cast<double>(height) * 8));
			const uint64_t here =
				std::min(kEighths, eighths - std::min<uint64_t>(eighths, row * kEighths));
			frame.put_glyph(kColumns[here], cell_width_, here ? Style::bar : Style::plain,
							here ? steps_.step(count) : 0);
		}
	}
}

}  // namespace asynclat
