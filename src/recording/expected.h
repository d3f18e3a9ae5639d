// What a histogram's buckets let expect of its extremes and its sum: a recording holds the
// differences to that. Writer and reader compute it alike.
#pragma once

#include <cstdint>

#include "model/histogram.h"

namespace asynclat::recording {

class Expected {
public:
	explicit Expected(const Histogram& histogram);

	[[nodiscard]] uint64_t max() const { return al_bucket_low(last_); }
	// An only value is both.
	[[nodiscard]] uint64_t min(uint64_t max_ns) const {
		return count_ == 1 ? max_ns : al_bucket_low(first_);
	}
	[[nodiscard]] uint64_t sum(uint64_t min_ns, uint64_t max_ns) const;

private:
	uint32_t first_ = 0, last_ = 0;
	uint64_t count_ = 0;
	uint64_t middles_ = 0;  // all values taken to be in the middle of their buckets
};

}  // namespace asynclat::recording
