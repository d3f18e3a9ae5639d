// Latency by CPU, group of CPUs or group of items: a row each, the shade is the count.
#pragma once

#include "view/scale.h"
#include "view/scene.h"

namespace asynclat {

// How many rows there are, of CPUs or whatever they are by.
size_t heatmap_rows(const Scene& scene);

// A row a CPU where they fit, with a chart of all below. Where they do not, a row a cache, node or
// package, and the worst of them opened. Of many CPUs a cell each (cpu_grid.h). Under 40 columns
// or 8 rows a line each, under 20 numbers only. Rows that find no room are one row together.
Frame heatmap_view(const Scene& scene, Scale& scale);

}  // namespace asynclat
