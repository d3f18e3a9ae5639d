// Histograms as cells of a picture: which latencies share a cell, and counts by cell.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/histogram.h"

namespace asynclat {

// Octaves of buckets (al_bucket(v) / AL_SUB), both ends included.
struct OctaveRange {
	uint32_t lowest = 0;
	uint32_t highest = 0;

	bool operator==(const OctaveRange&) const = default;
};

// Those with events; none for an empty histogram.
std::optional<OctaveRange> octave_range(const Histogram& histogram);

// Cells along a latency axis, low first. All have the same number of fine buckets but the two at
// the ends: the first holds everything below its end too, the last is open, from the highest
// octave up. So every event is in a cell.
struct LatencyAxis {
	uint32_t open_bucket = 0;  // first bucket of the last cell
	uint32_t buckets_a_cell = 1;
	size_t cells = 1;

	[[nodiscard]] size_t cell_of(uint32_t bucket) const;
	[[nodiscard]] uint32_t first_bucket(size_t cell) const;
	[[nodiscard]] uint64_t low_ns(size_t cell) const { return al_bucket_low(first_bucket(cell)); }
	// Counts by cell; their sum is the histogram's count.
	[[nodiscard]] std::vector<uint64_t> fold(const Histogram& histogram) const;
};

// The finest axis of at most `room` cells for these octaves: a fine bucket a cell, or a few, or
// whole octaves.
LatencyAxis fit_axis(OctaveRange range, size_t room);

}  // namespace asynclat
