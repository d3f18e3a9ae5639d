// A run as a person watches it on a terminal: a picture that keys change, or histograms that
// scroll; its last words go to the terminal as it was before.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/console.h"
#include "app/report.h"
#include "app/terminal.h"
#include "view/viewer.h"

namespace asynclat {

class WatchedReport : public Report, public Console {
public:
	// `at_once`: intervals come faster than one can look, so the picture is of the whole run, and
	// is drawn when it is asked for.
	WatchedReport(const Options& options, Theme theme, Viewer::Pause pause, bool at_once);

	std::string start(const Description& description) override;
	std::string interval(const Interval& interval, const Description& description) override;
	std::string end(const Interval& last, const Interval& total, const Description& description,
					std::string_view reason) override;

	std::string items(const std::vector<Item>& items, const Description& description) override;

	[[nodiscard]] int keys_fd() const override { return terminal_.keys_fd(); }
	std::string pressed() override;
	std::string resized() override;
	std::string leave() override;
	std::string come_back() override;
	std::string note(const std::string& text) override;
	[[nodiscard]] bool has_picture() const override { return viewer_ && viewer_->full_screen(); }
	std::string last_picture() override;
	[[nodiscard]] bool quit_asked() const override { return viewer_ && viewer_->quit_asked(); }
	[[nodiscard]] bool paused() const override { return viewer_ && viewer_->paused(); }
	bool take_step() override { return viewer_ && viewer_->take_step(); }

private:
	// The terminal as the viewer wants it, with its picture where it has one.
	std::string shown();

	const Options& options_;
	const Options scrolling_options_;  // the same in the view that scrolls
	Theme theme_;
	Viewer::Pause pause_;
	bool at_once_;
	Terminal terminal_;
	std::optional<Viewer> viewer_;  // once it is known what is measured
	std::unique_ptr<Report> scrolling_;
	std::vector<std::string> notes_;  // were in the picture alone
};

}  // namespace asynclat
