// Latency over time: rows are latencies, the lowest at the bottom; columns are intervals, the
// newest on the right. Of all CPUs or of one, as the history was kept.
#pragma once

#include "view/scale.h"
#include "view/scene.h"

namespace asynclat {

// Intervals that are older than there are columns are not shown; under 20 columns a line of
// figures an interval. Latencies share rows where there are few: every event is in one.
Frame time_view(const Scene& scene, Scale& scale);

}  // namespace asynclat
