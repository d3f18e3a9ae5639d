// A logarithmic axis of latency, cut to what a histogram holds, in half octaves.
#pragma once

#include <cstdint>
#include <vector>

#include "model/histogram.h"

namespace asynclat {

class PageAxis {
public:
	static constexpr uint32_t kFine = AL_SUB / 2;  // buckets a step
	static constexpr uint32_t kSteps = AL_BUCKETS / kFine;

	// From the first to the last step that holds something, and a step of air on both sides.
	explicit PageAxis(const Histogram& histogram);

	[[nodiscard]] uint32_t first() const { return first_; }
	[[nodiscard]] uint32_t steps() const { return last_ - first_ + 1; }
	// Where a value lies, from 0 to 1.
	[[nodiscard]] double at(uint64_t value_ns) const;

	static uint64_t low_ns(uint32_t step) { return al_bucket_low(step * kFine); }
	static uint64_t end_ns(uint32_t step) { return al_bucket_end(step * kFine + kFine - 1); }
	static uint64_t count(const Histogram& histogram, uint32_t step);

	// Round values with room between them: 1us, 10us, 100us.
	[[nodiscard]] std::vector<uint64_t> ticks() const;

private:
	uint32_t first_ = 0, last_ = 0;
};

}  // namespace asynclat
