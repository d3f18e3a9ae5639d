// What each key does while a run is watched: one row a key. The help screen and the row below the
// views are printed from the same rows.
#pragma once

#include <string_view>

#include "view/frame.h"

namespace asynclat {

// Keys that are no character, as code points that Unicode leaves to private use.
namespace key {
inline constexpr char32_t kUp = 0xF700, kDown = 0xF701, kLeft = 0xF702, kRight = 0xF703;
inline constexpr char32_t kPageUp = 0xF704, kPageDown = 0xF705, kHome = 0xF706, kEnd = 0xF707;
inline constexpr char32_t kBackTab = 0xF708;
inline constexpr char32_t kTab = '\t', kEnter = '\n', kEscape = 0x1b, kBackspace = 0x7f;
}  // namespace key

enum class Action {
	none,
	quit,
	help,
	pause,
	step,
	next_view,
	previous_view,
	next_mechanism,
	next_stage,
	next_sort,
	next_group,
	toggle_window,
	open,
	close,
	up,
	down,
	page_up,
	page_down,
	first,
	older,
	newer,
};

Action action_of(char32_t pressed);

// The most wanted keys, as many as fit in a row.
Frame keys_row(int width);
// All keys; `rows` at most.
Frame keys_help(int width, int rows);

}  // namespace asynclat
