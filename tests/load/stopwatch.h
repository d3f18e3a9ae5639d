// How long something took, on CLOCK_MONOTONIC.
#pragma once

#include <chrono>
#include <cstdint>

namespace asynclat::load {

class Stopwatch {
public:
	[[nodiscard]] uint64_t elapsed_ns() const {
		return static_cast<uint64_t>(
			std::chrono::nanoseconds(std::chrono::steady_clock::now() - start_).count());
	}

private:
	std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace asynclat::load
