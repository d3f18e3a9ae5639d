// Which CPU this thread runs on.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"

namespace asynclat::load {

// Keeps the calling thread on one CPU.
Status pin_to_cpu(uint64_t cpu);

// As above, if there is one to keep it on.
Status pin_to_cpu(std::optional<uint64_t> cpu);

// A CPU this thread may run on, other than the given one.
Result<uint64_t> any_cpu_but(uint64_t cpu);

}  // namespace asynclat::load
