// Which stage owns the wait, and which its tail.
#pragma once

#include "view/scale.h"
#include "view/scene.h"

namespace asynclat {

// Histograms know no item, so each part says what it can: the stages' shares of all time waited
// (they sum, item by item); in how many of the slowest items a stage alone took as long as the p99
// of the whole (a stage is never longer than the whole, so those items are among the slowest); and
// each stage's own quantiles, which need not be of the same items. Where there is no room for bars
// it is one table.
Frame stages_view(const Scene& scene, Scale& scale);

}  // namespace asynclat
