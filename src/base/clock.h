// The kernel's clocks, in nanoseconds.
#pragma once

#include <cstdint>
#include <ctime>

namespace asynclat {

inline uint64_t now_ns(clockid_t clock) {
	timespec t{};
	clock_gettime(clock, &t);
	return static_cast<uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(t.tv_nsec);
}

// CLOCK_MONOTONIC, by which BPF programs stamp.
inline uint64_t mono_ns() { return now_ns(CLOCK_MONOTONIC); }

}  // namespace asynclat
