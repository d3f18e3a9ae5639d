// CLOCK_MONOTONIC, the clock that BPF programs stamp with.
#pragma once

#include <cstdint>
#include <ctime>

namespace asynclat {

inline uint64_t mono_ns() {
	timespec t{};
	clock_gettime(CLOCK_MONOTONIC, &t);
	return static_cast<uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(t.tv_nsec);
}

}  // namespace asynclat
