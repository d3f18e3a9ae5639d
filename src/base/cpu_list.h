// CPU numbers as the kernel writes them: "0-3,8".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace asynclat {

// Sorted, each once, all below AL_MAX_CPUS; never empty. The error is Exit::usage, its `what` says
// which entry is wrong and why.
Result<std::vector<uint32_t>> parse_cpu_list(std::string_view text);

// The reverse, for numbers in rising order.
std::string cpu_list_text(std::span<const uint32_t> cpus);

}  // namespace asynclat
