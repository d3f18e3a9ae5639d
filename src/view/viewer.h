// What a person looks at and what keys change of it: view, subject, rows, order, what is open, and
// whether the picture is held. Draws whole frames; knows no terminal and no clock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "view/keymap.h"
#include "view/open_cpus.h"
#include "view/views.h"

namespace asynclat {

class Viewer {
public:
	// What a pause holds: of a live run the picture only, of a recording the run.
	enum class Pause { picture, run };

	// `description` must outlive this. Begins with the first of these stages; with none, with the
	// first headline.
	Viewer(const Description& description, const ViewRow& view, ViewOptions options,
		   const std::vector<al_stage>& stages, Pause pause);

	void add(const Interval& interval);
	void press(char32_t pressed);
	// Shown instead of the keys until one is pressed.
	void note(std::string text) { note_ = std::move(text); }

	// Instead of the last interval.
	void show_whole_run() { whole_run_ = true; }

	[[nodiscard]] const ViewRow& view() const { return *view_; }
	// Redraws; else it is for a terminal that scrolls.
	[[nodiscard]] bool full_screen() const { return help_ || view_->full_screen; }
	[[nodiscard]] bool paused() const { return paused_; }
	[[nodiscard]] bool quit_asked() const { return quit_; }
	// The key for it was pressed while paused: once for each time.
	bool take_step() { return steps_ && steps_--; }

	// Exactly `height` rows, the last of them the keys or a note.
	Frame draw(int width, int height);
	// What a view that scrolls would have shown last.
	Frame draw_scrolling(int width) { return picture(width, 1, false); }
	// The whole run in the view that is on, as many rows as it takes; for when it has ended.
	Frame draw_whole(int width, int height);

private:
	struct Shown {
		Interval latest, total;
		History history;  // of all CPUs, or of those asked for
		History open;     // of those that are open now
	};
	struct Rows {  // of the heatmap, or of the table
		std::optional<CpuGroup> group_by;
		SplitBy split_by;

		bool operator==(const Rows&) const = default;
	};

	[[nodiscard]] const Shown& shown() const { return held_ ? *held_ : now_; }
	[[nodiscard]] Scene scene(const ViewOptions& options) const;
	[[nodiscard]] std::vector<Rows> choices_of_rows() const;
	void change_view(int by);
	void next_mechanism();
	void next_stage();
	void next_rows();
	void open_worst();
	void to_neighbour(int by);
	void show_open();
	void scroll(int64_t by);
	void look_back(int64_t by);
	Frame picture(int width, int height, bool whole);

	const Description& description_;
	const ViewRow* view_;
	ViewOptions options_;
	Pause pause_;
	Subject subject_;
	Shown now_;
	std::optional<Shown> held_;
	OpenCpus open_;
	// Of each picture that goes on.
	std::map<std::pair<const ViewRow*, Subject>, Scale> scales_;
	bool whole_run_ = false;
	bool paused_ = false, help_ = false, quit_ = false;
	size_t steps_ = 0;
	std::string note_;
};

}  // namespace asynclat
