#include "app/report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "base/units.h"
#include "export/json.h"
#include "view/books_view.h"
#include "view/hist_view.h"

namespace asynclat {
namespace {

SplitBy split_by(Grouping grouping) {
	switch (grouping) {
		case Grouping::cpu:
			return SplitBy::cpu;
		case Grouping::function:
			return SplitBy::function;
		case Grouping::workqueue:
			return SplitBy::workqueue;
		case Grouping::pool:
			return SplitBy::pool;
		case Grouping::none:
			break;
	}
	return SplitBy::nothing;
}

std::string clock_text(uint64_t wall_ns) {
	const auto seconds = static_cast<std::time_t>(wall_ns / 1'000'000'000);
	std::tm local{};
	localtime_r(&seconds, &local);
	return fmt::format("{:%H:%M:%S}\n", local);
}

class TextReport : public Report {
public:
	TextReport(const Options& options, int width)
		: timestamps_(options.timestamps),
		  hist_{width, split_by(options.grouping), options.nanoseconds} {}

	std::string start(const Description&) override { return ""; }

	std::string interval(const Interval& interval, const Description& description) override {
		reports_++;
		return stamp(interval) + hist_view(interval, description, hist_).text() + "\n";
	}

	std::string end(const Interval& last, const Interval& total, const Description& description,
					std::string_view) override {
		std::string text = interval(last, description);
		if (reports_ > 1)
			text += fmt::format("Whole run, {}:\n\n", short_duration_text(total.length_ns)) +
					hist_view(total, description, hist_).text() + "\n";
		return text + books_view(total, description, hist_.width).text();
	}

private:
	[[nodiscard]] std::string stamp(const Interval& interval) const {
		return timestamps_ ? clock_text(interval.data.wall_ns) : "";
	}

	bool timestamps_;
	HistOptions hist_;
	int reports_ = 0;
};

class JsonReport : public Report {
public:
	std::string start(const Description& description) override {
		return json_start(description) + "\n";
	}
	std::string interval(const Interval& interval, const Description& description) override {
		return json_interval(interval, description) + "\n";
	}
	std::string end(const Interval& last, const Interval& total, const Description& description,
					std::string_view reason) override {
		return interval(last, description) + json_end(total, description, reason) + "\n";
	}
};

}  // namespace

std::unique_ptr<Report> make_report(const Options& options, int width) {
	if (options.json) return std::make_unique<JsonReport>();
	return std::make_unique<TextReport>(options, width);
}

}  // namespace asynclat
