#include "app/report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <utility>
#include <vector>

#include "base/units.h"
#include "export/html.h"
#include "export/json.h"
#include "view/books_view.h"
#include "view/item_row.h"
#include "view/oldest_view.h"
#include "view/paint.h"
#include "view/submitter_rows.h"

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

// A block of the view for each of its subjects; the scales of each go on from block to block.
class TextReport : public Report {
public:
	TextReport(const Options& options, Extent extent, Theme theme)
		: view_(*options.view),
		  timestamps_(options.timestamps),
		  stages_(options.request.stages.begin(), options.request.stages.end()),
		  theme_(theme),
		  view_options_(view_options(options, extent)),
		  history_(options.request.cpus) {}

	std::string start(const Description&) override { return ""; }

	std::string interval(const Interval& interval, const Description& description) override {
		headed_ = false;
		history_.add(interval, description);
		return stamp(interval) + blocks(interval, description, scales_);
	}

	std::string items(const std::vector<Item>& items, const Description& description) override {
		std::string text;
		// After something else the columns are named anew.
		if (!items.empty() && !std::exchange(headed_, true))
			text = painted(item_heading(view_options_.width), theme_);
		for (const Item& item : items)
			text +=
				painted(item_row(item, description, view_options_.width), theme_) +
				painted(blocker_rows(item, view_options_.width), theme_) +
				painted(submitter_rows(item.submitter, item.stack, view_options_.width), theme_);
		return text;
	}

	std::string end(const Interval& last, const Interval& total, const Description& description,
					std::string_view reason) override {
		std::string text = last.length_ns ? interval(last, description) : "";
		std::map<Subject, Scale> scales;  // of the whole run: larger than any interval's
		view_options_.whole_run = true;
		if (total.length_ns != last.length_ns)
			text += fmt::format("Whole run, {}:\n\n", short_duration_text(total.length_ns)) +
					blocks(total, description, scales);
		return text +
			   painted(books_view(total, description, view_options_.width, reading_of(reason)),
					   theme_);
	}

private:
	[[nodiscard]] std::string stamp(const Interval& interval) const {
		return timestamps_ ? clock_text(interval.data.wall_ns) : "";
	}

	std::string blocks(const Interval& interval, const Description& description,
					   std::map<Subject, Scale>& scales) {
		// A view of all stages shows one subject a mechanism.
		const std::vector<al_stage> stages = view_.needs_stages ? std::vector<al_stage>{} : stages_;
		auto shown = subjects(description, interval, stages);
		if (!view_.full_screen && !shown.empty()) shown.resize(1);
		std::string text;
		for (const Subject& subject : shown) {
			const Scene scene{interval, description, history_, subject, view_options_};
			text += painted(view_.draw(scene, scales[subject]), theme_) + "\n";
		}
		return text;
	}

	const ViewRow& view_;
	bool timestamps_;
	std::vector<al_stage> stages_;
	Theme theme_;
	ViewOptions view_options_;
	History history_;
	std::map<Subject, Scale> scales_;
	bool headed_ = false;
};

// The oldest items at the end of each interval.
class PendingReport : public Report {
public:
	PendingReport(const Options& options, Extent extent, Theme theme)
		: timestamps_(options.timestamps),
		  min_age_ns_(options.request.oldest_min_ns),
		  theme_(theme),
		  width_(extent.width) {}

	std::string start(const Description&) override { return ""; }
	std::string interval(const Interval& interval, const Description& description) override {
		return (timestamps_ ? clock_text(interval.data.wall_ns) : "") +
			   painted(oldest_view(interval, description, min_age_ns_, width_), theme_) + "\n";
	}
	std::string end(const Interval& last, const Interval& total, const Description& description,
					std::string_view) override {
		Frame losses(width_);
		for (const MechanismData& m : total.data.mechanisms)
			losses.append(loss_lines(m, mechanism(m.mechanism), width_));
		return (last.length_ns ? interval(last, description) : "") + painted(losses, theme_);
	}

private:
	bool timestamps_;
	uint64_t min_age_ns_;
	Theme theme_;
	int width_;
};

class JsonReport : public Report {
public:
	std::string start(const Description& description) override {
		return json_start(description) + "\n";
	}
	std::string interval(const Interval& interval, const Description& description) override {
		return json_interval(interval, description) + "\n";
	}
	std::string items(const std::vector<Item>& items, const Description&) override {
		std::string lines;
		for (const Item& item : items) lines += json_item(item) + "\n";
		return lines;
	}
	std::string end(const Interval& last, const Interval& total, const Description& description,
					std::string_view reason) override {
		return (last.length_ns ? interval(last, description) : "") +
			   json_end(total, description, reason) + "\n";
	}
};

class PageReport : public Report {
public:
	explicit PageReport(std::string host) : page_(std::move(host)) {}

	std::string start(const Description&) override { return ""; }
	std::string interval(const Interval& interval, const Description&) override {
		page_.add(interval);
		return "";
	}
	std::string end(const Interval& last, const Interval& total, const Description& description,
					std::string_view reason) override {
		if (last.length_ns) page_.add(last);
		return page_.text(total, description, reason);
	}

private:
	HtmlPage page_;
};

}  // namespace

Extent text_extent(const Options& options) {
	constexpr int kWidestView = 500;
	const Extent standard;
	Extent extent = extent_of(STDOUT_FILENO);
	extent.width = std::min(extent.width, options.view->full_screen ? kWidestView : standard.width);
	if (isatty(STDOUT_FILENO)) extent.height = std::max(1, extent.height - 1);
	return extent;
}

ViewOptions view_options(const Options& options, Extent extent) {
	return {.width = extent.width,
			.height = extent.height,
			.split_by = split_by(options.grouping),
			.cpus = options.request.cpus,
			.nanoseconds = options.nanoseconds};
}

std::unique_ptr<Report> make_page_report(std::string host) {
	return std::make_unique<PageReport>(std::move(host));
}

std::unique_ptr<Report> make_report(const Options& options, Extent extent, Theme theme) {
	if (options.json) return std::make_unique<JsonReport>();
	if (options.command == Command::pending)
		return std::make_unique<PendingReport>(options, extent, theme);
	return std::make_unique<TextReport>(options, extent, theme);
}

}  // namespace asynclat
