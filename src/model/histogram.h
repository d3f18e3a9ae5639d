// A distribution of nanoseconds: counts in al_bucket()'s buckets, the sum, and exact extremes.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "asynclat/buckets.h"

namespace asynclat {

inline constexpr uint64_t kNoMinimum = UINT64_MAX;

// The largest value, and where it was.
struct Peak {
	uint64_t value_ns = 0;
	uint64_t mono_ns = 0;  // CLOCK_MONOTONIC when it was recorded
	uint32_t cpu = 0;      // where the item started
	std::string function;  // empty: unknown
};

struct Histogram {
	std::array<uint64_t, AL_BUCKETS> buckets{};
	uint64_t sum_ns = 0;
	uint64_t min_ns = kNoMinimum;
	Peak max;

	[[nodiscard]] uint64_t count() const;
	[[nodiscard]] bool empty() const { return count() == 0; }
	// Upper edge (exclusive end minus one) of the bucket that holds the q-th quantile, clamped to
	// min and max. q in 0..1; 0 for an empty histogram.
	[[nodiscard]] uint64_t quantile(double q) const;
	// Adds the other's counts; keeps the wider extremes.
	void merge(const Histogram& other);
};

// Counts that came between two readings of one growing histogram. The extremes cannot be
// subtracted: they are those of `later`, which a source gives for the interval.
Histogram difference(const Histogram& earlier, const Histogram& later);

}  // namespace asynclat
