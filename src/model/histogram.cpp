#include "model/histogram.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace asynclat {

uint64_t Histogram::count() const {
	return std::accumulate(buckets.begin(), buckets.end(), uint64_t{0});
}

uint64_t Histogram::quantile(double q) const {
	const uint64_t total = count();
	if (total == 0) return 0;
	const auto rank = std::clamp<uint64_t>(
		static_cast<uint64_t>(std::ceil(q * static_cast<double>(total))), 1, total);
	uint64_t seen = 0;
	uint32_t bucket = 0;
	for (; bucket < AL_BUCKETS; bucket++) {
		seen += buckets[bucket];
		if (seen >= rank) break;
	}
	// The last bucket is open: its only honest upper edge is the maximum.
	const uint64_t edge = bucket + 1 >= AL_BUCKETS ? UINT64_MAX : al_bucket_end(bucket) - 1;
	const uint64_t low = min_ns == kNoMinimum ? 0 : min_ns;
	return std::max(low, max.value_ns ? std::min(edge, max.value_ns) : edge);
}

void Histogram::merge(const Histogram& other) {
	for (uint32_t i = 0; i < AL_BUCKETS; i++) buckets[i] += other.buckets[i];
	sum_ns += other.sum_ns;
	min_ns = std::min(min_ns, other.min_ns);
	if (other.max.value_ns > max.value_ns) max = other.max;
}

Histogram difference(const Histogram& earlier, const Histogram& later) {
	Histogram result = later;
	for (uint32_t i = 0; i < AL_BUCKETS; i++) result.buckets[i] -= earlier.buckets[i];
	result.sum_ns -= earlier.sum_ns;
	return result;
}

}  // namespace asynclat
