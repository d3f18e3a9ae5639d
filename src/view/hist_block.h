// One histogram as users of bcc know it, with its quantiles and when and where its maximum was.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/histogram.h"
#include "view/frame.h"
#include "view/quantity.h"

namespace asynclat {

// Turns a CLOCK_MONOTONIC time into one of the wall clock. That clock may jump while we measure:
// only labels come from it.
struct WallClock {
	uint64_t start_mono_ns = 0;
	uint64_t start_wall_ns = 0;

	[[nodiscard]] uint64_t at(uint64_t mono_ns) const {
		return start_wall_ns + mono_ns - start_mono_ns;
	}
};

// From 40 columns on a bar a row, from 20 on numbers only, and below that four figures. The
// histogram must not be empty. The title's parts stand on one row where there is room.
Frame hist_block(const std::vector<std::string>& title, const Histogram& histogram, Unit unit,
				 WallClock clock, int width);

}  // namespace asynclat
