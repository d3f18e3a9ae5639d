#include "view/octaves.h"

#include <algorithm>

namespace asynclat {

std::vector<Octave> octaves(const Histogram& histogram) {
	std::vector<Octave> rows;
	size_t used = 0;
	for (uint32_t first = 0; first < AL_BUCKETS; first += AL_SUB) {
		Octave row{al_bucket_low(first), al_bucket_low(first + AL_SUB),
				   first + AL_SUB == AL_BUCKETS, 0};
		for (uint32_t bucket = first; bucket < first + AL_SUB; bucket++)
			row.count += histogram.buckets[bucket];
		if (!row.count && rows.empty()) continue;
		rows.push_back(row);
		if (row.count) used = rows.size();
	}
	rows.resize(used);
	return rows;
}

OctaveLabel label(const Octave& octave, Unit unit) {
	const std::string low = rounded(octave.ge_ns, unit);
	if (octave.open) return {">= " + low, ""};
	return {low, rounded(unit == Unit::nsecs ? octave.lt_ns - 1 : octave.lt_ns, unit)};
}

}  // namespace asynclat
