// The default view: for each mechanism and collected stage a histogram as users of bcc know it.
#pragma once

#include "model/snapshot.h"
#include "view/frame.h"
#include "view/scene.h"

namespace asynclat {

struct HistOptions {
	int width = 80;
	SplitBy split_by = SplitBy::nothing;
	bool nanoseconds = false;
};

// Blocks in the order of the description, empty rows between them: a histogram, or a line where
// there were no events; a line for the requested delay, which is no latency; a line a mechanism
// that lost something. Rows of a split come largest first, `other` last.
Frame hist_view(const Interval& interval, const Description& description,
				const HistOptions& options);

}  // namespace asynclat
