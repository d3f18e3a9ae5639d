#include "view/viewer.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/mechanism.h"
#include "view/group_rows.h"

namespace asynclat {
namespace {

constexpr int64_t kPage = 10;
constexpr int kFewestRowsForKeys = 4;
constexpr size_t kManyCpus = 16;

template <class Choices, class Value>
const auto& after(const Choices& choices, const Value& value) {
	const auto it = std::find(choices.begin(), choices.end(), value);
	return it == choices.end() || it + 1 == choices.end() ? choices.front() : *(it + 1);
}

}  // namespace

Viewer::Viewer(const Description& description, const ViewRow& view, ViewOptions options,
			   const std::vector<al_stage>& stages, Pause pause)
	: description_(description),
	  view_(&view),
	  options_(std::move(options)),
	  pause_(pause),
	  now_{{}, {}, History(options_.cpus), History()},
	  open_(options_.cpus) {
	now_.latest.data.mono_ns = now_.total.data.mono_ns = description.start_mono_ns;
	const auto choices = subjects(description, {}, stages);
	if (!choices.empty()) subject_ = choices.front();
}

void Viewer::add(const Interval& interval) {
	accumulate(now_.total, interval);
	now_.latest = interval;
	now_.history.add(interval, description_);
	if (open_.any()) now_.open.add(interval, description_);
}

void Viewer::press(char32_t pressed) {
	const Action action = action_of(pressed);
	if (help_) {
		help_ = false;
		if (action != Action::quit) return;
	}
	note_.clear();
	// What scrolls shows all there is.
	const bool for_all = action == Action::quit || action == Action::help ||
						 action == Action::pause || action == Action::step ||
						 action == Action::next_view || action == Action::previous_view;
	if (!view_->full_screen && !for_all) {
		// Enter steps as it does where there is no console.
		steps_ += action == Action::open && paused_;
		return;
	}
	switch (action) {
		case Action::quit:
			quit_ = true;
			break;
		case Action::help:
			help_ = true;
			break;
		case Action::pause:
			paused_ = !paused_;
			steps_ = 0;
			held_.reset();
			if (paused_ && pause_ == Pause::picture) held_ = now_;
			options_.moments_back = 0;
			break;
		case Action::step:
			steps_ += paused_;
			break;
		case Action::next_view:
			change_view(1);
			break;
		case Action::previous_view:
			change_view(-1);
			break;
		case Action::next_mechanism:
			next_mechanism();
			break;
		case Action::next_stage:
			next_stage();
			break;
		case Action::next_sort:
			options_.sort = static_cast<TopSort>((static_cast<int>(options_.sort) + 1) %
												 (static_cast<int>(TopSort::name) + 1));
			break;
		case Action::next_group:
			next_rows();
			break;
		case Action::toggle_window:
			whole_run_ = !whole_run_;
			scales_.clear();
			break;
		case Action::open:
			open_worst();
			break;
		case Action::close:
			if (open_.close()) show_open();
			break;
		case Action::up:
			open_.any() ? to_neighbour(-1) : scroll(-1);
			break;
		case Action::down:
			open_.any() ? to_neighbour(1) : scroll(1);
			break;
		case Action::page_up:
			scroll(-kPage);
			break;
		case Action::page_down:
			scroll(kPage);
			break;
		case Action::first:
			options_.first_row = 0;
			break;
		case Action::older:
			look_back(1);
			break;
		case Action::newer:
			look_back(-1);
			break;
		case Action::none:
			break;
	}
}

Scene Viewer::scene(const ViewOptions& options) const {
	const Shown& s = shown();
	return {whole_run_ ? s.total : s.latest, description_, open_.any() ? s.open : s.history,
			subject_, options};
}

void Viewer::change_view(int by) {
	const auto all = views();
	const auto count = static_cast<int>(all.size());
	view_ = &all[static_cast<size_t>((view_ - all.data() + by + count) % count)];
	options_.first_row = 0;
}

void Viewer::next_mechanism() {
	const auto& all = description_.mechanisms;
	if (all.size() < 2) {
		note_ = "nothing else is being traced: --mech all";
		return;
	}
	std::vector<al_mechanism> names;
	for (const MechanismInfo& info : all) names.push_back(info.mechanism);
	const al_mechanism next = after(names, subject_.mechanism);
	for (const Subject& s : subjects(description_, shown().total))
		if (s.mechanism == next) {
			subject_ = s;
			break;
		}
	options_.first_row = 0;
}

void Viewer::next_stage() {
	if (view_->needs_stages) {
		note_ = "this view has all stages; m shows those of another mechanism";
		return;
	}
	const MechanismInfo* info = description_.find(subject_.mechanism);
	if (!info || info->stages.empty()) return;
	std::vector<Subject> choices;
	for (const Subject& s : subjects(description_, shown().total, info->stages))
		if (s.mechanism == subject_.mechanism) choices.push_back(s);
	if (choices.size() < 2) note_ = "no other stage is being collected: --stage all";
	if (!choices.empty()) subject_ = after(choices, subject_);
}

std::vector<Viewer::Rows> Viewer::choices_of_rows() const {
	std::vector<Rows> choices;
	if (view_->rows_are_cpus) {
		choices.push_back({std::nullopt, SplitBy::nothing});
		size_t before = 0;
		for (const CpuGroup group : kCpuGroups) {
			const size_t count = description_.topology.count(group);
			// Few CPUs have rows of their own anyhow.
			const bool by_cpu = group == CpuGroup::cpu && count > kManyCpus;
			if (by_cpu ||
				(group != CpuGroup::cpu && group != CpuGroup::all && count != before && count > 1))
				choices.push_back({group, SplitBy::nothing});
			before = count;
		}
	}
	const MechanismData* data = shown().total.data.find(subject_.mechanism);
	for (const SplitBy split : {SplitBy::function, SplitBy::workqueue, SplitBy::pool}) {
		const GroupWord* word =
			group_word(mechanism(subject_.mechanism), stage(subject_.stage), split);
		if (data && word && !groups_of(*data, word->kind).empty())
			choices.push_back({std::nullopt, split});
	}
	if (mechanism(subject_.mechanism).classes.size() > 1 && !view_->rows_are_cpus)
		choices.push_back({std::nullopt, SplitBy::item_class});
	return choices;
}

void Viewer::next_rows() {
	const auto choices = choices_of_rows();
	Rows now{options_.group_by, options_.split_by};
	// Without a choice, top has the first of them.
	if (!view_->rows_are_cpus && now.split_by == SplitBy::nothing && !choices.empty())
		now = choices.front();
	if (choices.size() < 2 || !view_->rows) {
		note_ = "there are no other rows here";
		return;
	}
	const Rows next = after(choices, now);
	options_.group_by = next.group_by;
	options_.split_by = next.split_by;
	options_.first_row = 0;
}

void Viewer::open_worst() {
	if (open_.open_worst(scene(options_)))
		show_open();
	else
		note_ = "there is nothing more to open; esc closes";
}

void Viewer::to_neighbour(int by) {
	ViewOptions around = options_;
	around.cpus = open_.around();
	open_.to_neighbour(by, scene(around));
	show_open();
}

void Viewer::show_open() {
	options_.cpus = open_.shown();
	options_.opened = open_.any();
	if (options_.opened) note_ = "over time: from here on; from the beginning with --cpu";
	options_.first_row = options_.moments_back = 0;
	// What is over time begins anew: past intervals are kept for all CPUs together.
	now_.open = History(options_.cpus);
	now_.open.add(now_.latest, description_);
	if (held_) {
		held_->open = History(options_.cpus);
		held_->open.add(held_->latest, description_);
	}
	scales_.clear();
}

void Viewer::scroll(int64_t by) {
	const auto rows = view_->rows ? static_cast<int64_t>(view_->rows(scene(options_))) : 0;
	const auto first = static_cast<int64_t>(options_.first_row) + by;
	options_.first_row =
		static_cast<size_t>(std::clamp<int64_t>(first, 0, std::max<int64_t>(rows - 1, 0)));
}

void Viewer::look_back(int64_t by) {
	const Shown& s = shown();
	const auto most = static_cast<int64_t>((open_.any() ? s.open : s.history).moments().size());
	const auto back = static_cast<int64_t>(options_.moments_back) + by;
	if (!paused_) {
		note_ = "space holds the picture";
		return;
	}
	options_.moments_back =
		static_cast<size_t>(std::clamp<int64_t>(back, 0, std::max<int64_t>(most - 1, 0)));
}

Frame Viewer::picture(int width, int height, bool whole) {
	ViewOptions options = options_;
	options.width = width;
	options.height = height;
	options.whole_run = whole || whole_run_;
	const Scene now = scene(options);
	if (!whole) return view_->draw(now, scales_[{view_, subject_}]);
	Scale scale;  // of the whole run: larger than any interval's
	return view_->draw({now_.total, description_, now.history, subject_, options}, scale);
}

Frame Viewer::draw_whole(int width, int height) {
	held_.reset();
	options_.first_row = options_.moments_back = 0;
	return picture(width, height, true);
}

Frame Viewer::draw(int width, int height) {
	const bool has_keys = height >= kFewestRowsForKeys;
	const int rows = std::max(1, has_keys ? height - 1 : height);
	Frame frame = help_ ? keys_help(width, rows) : picture(width, rows, false);
	frame.crop(static_cast<size_t>(rows));
	if (!has_keys) return frame;
	while (frame.rows().size() < static_cast<size_t>(rows)) frame.new_row();
	if (!note_.empty()) {
		frame.new_row();
		frame.put_within(note_, frame.width(), Style::title);
		return frame;
	}
	if (!paused_) {
		frame.append(keys_row(width));
		return frame;
	}
	constexpr std::string_view kHeld = "held  ";
	frame.new_row();
	frame.put_within(kHeld, frame.width(), Style::title);
	const Frame keys = keys_row(std::max(1, width - static_cast<int>(kHeld.size())));
	for (const Row& row : keys.rows())
		for (const Cell& cell : row) frame.put_glyph(cell.glyph, 1, cell.style, cell.step);
	return frame;
}

}  // namespace asynclat
