// Hundreds of CPUs: a cell each, shaded by its p99, and the worst of them as a table.
#pragma once

#include <optional>
#include <vector>

#include "view/cpu_rows.h"
#include "view/frame.h"
#include "view/scale.h"

namespace asynclat {

// Rows are runs of consecutive CPUs of a node. Nothing where that takes more than `height` rows.
std::optional<Frame> cpu_grid(const std::vector<CpuData>& cpus, int width, size_t height,
							  Scale& scale, uint64_t mono_ns);

}  // namespace asynclat
