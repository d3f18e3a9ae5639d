#include "recording/expected.h"

namespace asynclat::recording {
namespace {

uint64_t middle(uint32_t bucket) { return (al_bucket_low(bucket) + al_bucket_end(bucket) - 1) / 2; }

}  // namespace

Expected::Expected(const Histogram& histogram) {
	for (uint32_t i = 0; i < AL_BUCKETS; i++) {
		const uint64_t in_bucket = histogram.buckets[i];
		if (!in_bucket) continue;
		if (!count_) first_ = i;
		last_ = i;
		count_ += in_bucket;
		middles_ += in_bucket * middle(i);
	}
}

uint64_t Expected::sum(uint64_t min_ns, uint64_t max_ns) const {
	if (count_ == 1) return max_ns;
	if (count_ < 1 || min_ns == kNoMinimum) return middles_;
	return middles_ - middle(first_) - middle(last_) + min_ns + max_ns;
}

}  // namespace asynclat::recording
