// Items that have waited or run for longest and have not come to their end: a finished item's
// histogram hides exactly these.
#pragma once

#include <string>

#include "model/snapshot.h"
#include "view/frame.h"

namespace asynclat {

// A row each, longest first. `min_age_ns`: none is younger.
Frame oldest_view(const Interval& interval, const Description& description, uint64_t min_age_ns,
				  int width);

// "oldest 12.3s in hold: flush_to_ldisc, events": the mechanism's longest; empty: it has none.
std::string oldest_words(const Interval& interval, al_mechanism mechanism);

}  // namespace asynclat
