// The one place that turns frames into bytes.
#pragma once

#include <string>

#include "view/frame.h"
#include "view/theme.h"

namespace asynclat {

// A row without trailing blanks and without an end of line. It ends in the terminal's own colours.
std::string painted(const Row& row, const Theme& theme);

// How many columns of the terminal that takes.
size_t painted_width(const Row& row);

// A line a row.
std::string painted(const Frame& frame, const Theme& theme);

}  // namespace asynclat
