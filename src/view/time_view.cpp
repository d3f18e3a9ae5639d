#include "view/time_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "view/quantity.h"

namespace asynclat {
namespace {

constexpr size_t kLabelWidth = 8;  // ">=134ms "
constexpr size_t kSumWidth = 7;    // events of a row
constexpr size_t kSumsFrom = 60;   // columns from which on there are sums
constexpr size_t kFewestColumns = 20;
constexpr size_t kAxisStep = 10;  // columns between two times

struct Column {
	uint64_t ago_ns;  // its end
	uint64_t length_ns;
	Histogram histogram;
};

// The newest moments, one a column; of a whole run all of them, as many a column as it takes.
std::vector<Column> columns_of(const Scene& scene, size_t most) {
	const auto& moments = scene.history.moments();
	std::vector<Column> columns;
	const size_t end = moments.size() - std::min(moments.size(), scene.options.moments_back);
	const size_t a_column =
		scene.options.whole_run ? std::max<size_t>(1, (end + most - 1) / most) : 1;
	// From the newest on, so that only the oldest column may hold fewer.
	for (size_t last = end; last > 0 && columns.size() < most;) {
		const size_t first = last - std::min(last, a_column);
		Column column{moments.back().mono_ns - moments[last - 1].mono_ns, 0, {}};
		for (; last > first; last--) {
			const History::Moment& moment = moments[last - 1];
			column.length_ns += moment.length_ns;
			const auto found = moment.histograms.find(scene.subject);
			if (found != moment.histograms.end()) column.histogram.merge(found->second.expand());
		}
		columns.push_back(std::move(column));
	}
	std::reverse(columns.begin(), columns.end());
	return columns;
}

// Rows of latency by columns of time.
class Picture {
public:
	Picture(const Scene& scene, Scale& scale, size_t height)
		: scene_(scene), height_(std::max<size_t>(height, 1)), frame_(scene.options.width) {
		sums_ = frame_.width() >= kSumsFrom;
		const size_t taken = kLabelWidth + (sums_ ? kSumWidth : 0);
		room_ = frame_.width() > taken ? frame_.width() - taken : 1;
		columns_ = columns_of(scene, room_);
		for (const Column& column : columns_) {
			all_.merge(column.histogram);
			span_ns_ += column.length_ns;
		}
		range_ = scale.follow(octave_range(all_), now());
	}

	Frame take(Scale& scale) {
		// The numbers of the legend need the rows; these are the longest.
		const size_t key = legend(CountSteps(UINT64_MAX / 2), scene_.options.width).rows().size();
		const bool titled = height_ > 1, timed = height_ > 3, explained = height_ >= key + 5;
		if (titled) frame_.append(title_row(scene_, {"over time"}, all_.count(), span_ns_));
		const Frame books = explained ? books_row(scene_) : Frame(scene_.options.width);
		const size_t below = timed + books.rows().size() + (explained ? key : 0);
		const size_t rows =
			std::max<size_t>(1, height_ - std::min(height_ - 1, frame_.rows().size() + below));
		const LatencyAxis axis = fit_axis(range_, rows);
		std::vector<std::vector<uint64_t>> counts;
		uint64_t most = 1;
		for (const Column& column : columns_) {
			counts.push_back(axis.fold(column.histogram));
			most = std::max(most, *std::max_element(counts.back().begin(), counts.back().end()));
		}
		const CountSteps steps(scale.count.follow(most, now()));
		for (size_t cell = axis.cells; cell-- > 0;) put_latency(axis, cell, counts, steps);
		if (timed) put_times();
		if (explained) frame_.append(legend(steps, scene_.options.width));
		frame_.append(books);
		frame_.crop(height_);
		return std::move(frame_);
	}

	// Figures alone, the newest last.
	Frame take_lines() {
		const size_t most = std::min(columns_.size(), height_);
		for (size_t i = columns_.size() - most; i < columns_.size(); i++) {
			const Histogram& h = columns_[i].histogram;
			frame_.row_of({time_label(columns_[i]), h.empty() ? "-" : edge(h.quantile(0.99)),
						   h.empty() ? "" : edge(h.quantile(1))},
						  " ", Style::plain);
		}
		frame_.crop(height_);
		return std::move(frame_);
	}

private:
	[[nodiscard]] uint64_t now() const { return scene_.interval.data.mono_ns; }

	static std::string time_label(const Column& column) {
		return column.ago_ns ? "-" + duration(column.ago_ns) : "now";
	}

	void put_latency(const LatencyAxis& axis, size_t cell,
					 const std::vector<std::vector<uint64_t>>& counts, const CountSteps& steps) {
		const bool open = cell + 1 == axis.cells;
		const bool octave = axis.first_bucket(cell) % AL_SUB == 0;
		frame_.new_row();
		if (open || octave)
			frame_.put(fmt::format("{:>{}} ", (open ? ">=" : "") + edge(axis.low_ns(cell)),
								   kLabelWidth - 1),
					   Style::header);
		frame_.pad_to(kLabelWidth + room_ - columns_.size());
		uint64_t sum = 0;
		for (const auto& column : counts) {
			frame_.put_shade(steps.step(column[cell]));
			sum += column[cell];
		}
		if (sums_ && sum) frame_.put(fmt::format("{:>{}}", short_count(sum), kSumWidth));
	}

	// Each time ends below its column.
	void put_times() {
		std::string line(kLabelWidth + room_, ' ');
		size_t free_to = line.size() + 1;
		for (size_t i = 0; i < columns_.size(); i += kAxisStep) {
			const std::string label = time_label(columns_[columns_.size() - 1 - i]);
			const size_t end = line.size() - i;
			if (end < label.size() || end >= free_to) continue;
			line.replace(end - label.size(), label.size(), label);
			free_to = end - label.size();
		}
		frame_.new_row();
		frame_.put(line, Style::header);
		if (sums_) frame_.put(fmt::format("{:>{}}", "n", kSumWidth), Style::header);
	}

	const Scene& scene_;
	size_t height_;
	Frame frame_;
	bool sums_ = false;
	size_t room_ = 1;
	std::vector<Column> columns_;
	Histogram all_;
	uint64_t span_ns_ = 0;
	OctaveRange range_;
};

}  // namespace

Frame time_view(const Scene& scene, Scale& scale) {
	Picture picture(scene, scale, static_cast<size_t>(std::max(1, scene.options.height)));
	return scene.options.width < static_cast<int>(kFewestColumns) ? picture.take_lines()
																  : picture.take(scale);
}

}  // namespace asynclat
