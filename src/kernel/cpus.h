// Which CPUs there are, from sysfs.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"

namespace asynclat {

// CPUs that may ever exist here, ascending; never empty. Numbers may have gaps.
Result<std::vector<uint32_t>> possible_cpus();
// Those running now.
Result<std::vector<uint32_t>> online_cpus();

}  // namespace asynclat
