#include "view/keymap.h"

#include <algorithm>
#include <string>
#include <vector>

namespace asynclat {
namespace {

struct KeyRow {
	std::u32string_view keys;
	std::string_view names;
	Action action;
	std::string_view help;
	std::string_view brief;  // in the row below a view; empty: not there
};

constexpr char32_t kBackKeys[] = {key::kEscape, key::kBackspace, 0};
constexpr char32_t kUpKeys[] = {key::kUp, U'k', 0};
constexpr char32_t kDownKeys[] = {key::kDown, U'j', 0};
constexpr char32_t kPageUpKeys[] = {key::kPageUp, 0};
constexpr char32_t kPageDownKeys[] = {key::kPageDown, 0};
constexpr char32_t kHomeKeys[] = {key::kHome, 0};
constexpr char32_t kLeftKeys[] = {key::kLeft, 0};
constexpr char32_t kRightKeys[] = {key::kRight, key::kEnd, 0};
constexpr char32_t kBackTabKeys[] = {key::kBackTab, U'V', 0};

constexpr KeyRow kKeys[] = {
	{U"q", "q", Action::quit, "end the run, with its last report and the books", "q quit"},
	{U" ", "space", Action::pause, "hold the picture; again: go on", "space pause"},
	{U"\tv", "tab", Action::next_view, "the next view: hist, heatmap, time, stages, top",
	 "tab view"},
	{kBackTabKeys, "shift-tab", Action::previous_view, "the view before", ""},
	{U"m", "m", Action::next_mechanism, "the next mechanism", "m mechanism"},
	{U"s", "s", Action::next_stage, "the next stage or class", "s stage"},
	{U"g", "g", Action::next_group,
	 "rows by CPU, core, LLC, node, package, function, workqueue, ...", "g group"},
	{U"o", "o", Action::next_sort, "top: sort by the next column", "o sort"},
	{U"w", "w", Action::toggle_window, "the last interval, or the whole run", "w window"},
	{U"\n", "enter", Action::open, "open the worst group, then its worst CPU", "enter open"},
	{kBackKeys, "esc", Action::close, "close what was opened", ""},
	{kUpKeys, "up, down", Action::up, "scroll; with a CPU or group open: its neighbours", ""},
	{kDownKeys, "", Action::down, "", ""},
	{kPageUpKeys, "page up, down", Action::page_up, "scroll by ten rows", ""},
	{kPageDownKeys, "", Action::page_down, "", ""},
	{kHomeKeys, "home", Action::first, "the first row", ""},
	{kLeftKeys, "left, right", Action::older, "time: back and forth while it is held", ""},
	{kRightKeys, "", Action::newer, "", ""},
	{U".n", ".", Action::step, "a held replay: the next interval", ""},
	{U"?h", "?", Action::help, "this help; any key leaves it", "? help"},
};

constexpr size_t kNamesWidth = 15;

}  // namespace

Action action_of(char32_t pressed) {
	for (const KeyRow& row : kKeys)
		if (row.keys.find(pressed) != std::u32string_view::npos) return row.action;
	return Action::none;
}

Frame keys_row(int width) {
	// The first and the last are there in any room.
	std::vector<std::string> words;
	for (const KeyRow& row : kKeys)
		if (!row.brief.empty()) words.emplace_back(row.brief);
	const auto length = [&] {
		size_t sum = 0;
		for (const std::string& word : words) sum += word.size() + 2;
		return sum - 2;
	};
	while (words.size() > 1 && length() > static_cast<size_t>(width))
		words.erase(words.end() - (words.size() > 2 ? 2 : 1));
	Frame frame(width);
	frame.row_of(words, "  ", Style::header);
	return frame;
}

Frame keys_help(int width, int rows) {
	Frame frame(width);
	frame.flow({"Keys. A key chooses among what is being collected."}, "", {}, Style::title);
	for (const KeyRow& row : kKeys) {
		if (row.names.empty()) continue;
		frame.new_row();
		frame.put_within(row.names, frame.width());
		frame.pad_to(kNamesWidth);
		frame.put_within(row.help, frame.room_left(), Style::header);
	}
	frame.crop(static_cast<size_t>(std::max(1, rows)));
	return frame;
}

}  // namespace asynclat
