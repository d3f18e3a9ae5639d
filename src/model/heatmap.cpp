#include "model/heatmap.h"

#include <algorithm>

namespace asynclat {
namespace {

// 1, 2, 3, 4, 6, 8: those after few cells of which an octave begins; then whole octaves.
uint32_t wider(uint32_t buckets) {
	if (buckets < AL_SUB / 2) return buckets + 1;
	return buckets + (buckets < AL_SUB ? 2 : AL_SUB);
}

}  // namespace

std::optional<OctaveRange> octave_range(const Histogram& histogram) {
	const auto& buckets = histogram.buckets;
	const auto used = [](uint64_t count) { return count != 0; };
	const auto first = std::find_if(buckets.begin(), buckets.end(), used);
	if (first == buckets.end()) return std::nullopt;
	const auto last = std::find_if(buckets.rbegin(), buckets.rend(), used);
	return OctaveRange{static_cast<uint32_t>(first - buckets.begin()) / AL_SUB,
					   static_cast<uint32_t>(buckets.rend() - last - 1) / AL_SUB};
}

size_t LatencyAxis::cell_of(uint32_t bucket) const {
	if (bucket >= open_bucket) return cells - 1;
	const size_t below = (open_bucket - 1 - bucket) / buckets_a_cell + 1;
	return below < cells ? cells - 1 - below : 0;
}

uint32_t LatencyAxis::first_bucket(size_t cell) const {
	const auto below = static_cast<uint32_t>(cells - 1 - cell) * buckets_a_cell;
	return below < open_bucket ? open_bucket - below : 0;
}

std::vector<uint64_t> LatencyAxis::fold(const Histogram& histogram) const {
	std::vector<uint64_t> counts(cells);
	for (uint32_t bucket = 0; bucket < AL_BUCKETS; bucket++)
		if (histogram.buckets[bucket]) counts[cell_of(bucket)] += histogram.buckets[bucket];
	return counts;
}

LatencyAxis fit_axis(OctaveRange range, size_t room) {
	LatencyAxis axis{range.highest * AL_SUB, 1, 1};
	const uint32_t buckets = (range.highest - range.lowest) * AL_SUB;
	const auto needed = [&] {
		return size_t{1} + (buckets + axis.buckets_a_cell - 1) / axis.buckets_a_cell;
	};
	while (needed() > std::max<size_t>(room, 2)) axis.buckets_a_cell = wider(axis.buckets_a_cell);
	axis.cells = std::min(needed(), std::max<size_t>(room, 1));
	return axis;
}

}  // namespace asynclat
