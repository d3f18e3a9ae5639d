#include "app/watched_report.h"

#include <unistd.h>

#include "view/books_view.h"
#include "view/item_row.h"
#include "view/paint.h"

namespace asynclat {
namespace {

constexpr int kNoteWidth = 200;  // the picture cuts it
constexpr std::string_view kHeld = "[held: space goes on, q ends]\n";
constexpr std::string_view kStep = "[held: . gives the next interval, space all of them, q ends]\n";

Options in_the_first_view(Options options) {
	options.view = &views().front();
	return options;
}

}  // namespace

WatchedReport::WatchedReport(const Options& options, Theme theme, Viewer::Pause pause, bool at_once)
	: options_(options),
	  scrolling_options_(in_the_first_view(options)),
	  theme_(theme),
	  pause_(pause),
	  at_once_(at_once),
	  scrolling_(make_report(scrolling_options_, text_extent(scrolling_options_), theme)) {}

std::string WatchedReport::start(const Description& description) {
	viewer_.emplace(
		description, *options_.view, view_options(options_, text_extent(options_)),
		std::vector<al_stage>(options_.request.stages.begin(), options_.request.stages.end()),
		pause_);
	if (at_once_) viewer_->show_whole_run();
	if (options_.step) viewer_->press(U' ');
	if (options_.step && !viewer_->full_screen() && !options_.quiet) return std::string(kStep);
	return at_once_ ? "" : shown();
}

std::string WatchedReport::interval(const Interval& interval, const Description& description) {
	viewer_->add(interval);
	if (viewer_->full_screen()) return at_once_ ? "" : shown();
	if (paused() && pause_ == Viewer::Pause::picture) return "";
	return scrolling_->interval(interval, description);
}

std::string WatchedReport::items(const std::vector<Item>& items, const Description& description) {
	if (items.empty() || paused()) return "";
	if (!viewer_->full_screen()) return scrolling_->items(items, description);
	const std::string newest = item_row(items.back(), description, kNoteWidth).text();
	viewer_->note(newest.substr(0, newest.find('\n')));
	return at_once_ ? "" : shown();
}

std::string WatchedReport::end(const Interval& last, const Interval& total,
							   const Description& description, std::string_view reason) {
	std::string text = terminal_.leave_screen();
	for (const std::string& note : notes_) text += note + "\n";
	if (!viewer_->view().full_screen)
		return text + scrolling_->end(last, total, description, reason);
	if (last.length_ns) viewer_->add(last);
	const Extent extent = text_extent(options_);
	const Frame books = books_view(total, description, extent.width, reading_of(reason));
	return text + painted(viewer_->draw_whole(extent.width, extent.height), theme_) + "\n" +
		   painted(books, theme_);
}

std::string WatchedReport::pressed() {
	const bool was_drawn = viewer_->full_screen(), was_held = viewer_->paused();
	for (const char32_t key : terminal_.read_keys()) viewer_->press(key);
	if (viewer_->quit_asked()) return "";
	if (viewer_->full_screen()) return shown();
	std::string text = terminal_.leave_screen();
	if (was_drawn) {
		// What scrolls is seen when it comes next, which may never be.
		text +=
			painted(viewer_->draw_scrolling(text_extent(scrolling_options_).width), theme_) + "\n";
	}
	if (viewer_->paused() && !was_held) text += std::string(kHeld);
	return text;
}

std::string WatchedReport::resized() { return viewer_ ? shown() : ""; }

std::string WatchedReport::leave() {
	terminal_.give_back_keys();
	return terminal_.leave_screen();
}

std::string WatchedReport::come_back() {
	terminal_.take_keys();
	return resized();
}

std::string WatchedReport::last_picture() {
	viewer_->note("This is the end of the recording: q leaves, ? lists the keys.");
	return shown();
}

std::string WatchedReport::note(const std::string& text) {
	if (!has_picture() || !can_draw()) {
		tell(text);
		return "";
	}
	notes_.push_back(text);
	viewer_->note(text);
	return shown();
}

std::string WatchedReport::shown() {
	// In the background the terminal is somebody else's.
	if (!viewer_->full_screen() || !can_draw()) return terminal_.leave_screen();
	const Extent extent = extent_of(STDOUT_FILENO);
	return terminal_.enter_screen() +
		   terminal_.drawn(viewer_->draw(extent.width, extent.height), theme_);
}

}  // namespace asynclat
