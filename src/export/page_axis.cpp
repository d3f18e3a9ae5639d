#include "export/page_axis.h"

#include <algorithm>

namespace asynclat {

PageAxis::PageAxis(const Histogram& histogram) {
	first_ = kSteps - 1;
	for (uint32_t step = 0; step < kSteps; step++)
		if (count(histogram, step)) {
			first_ = std::min(first_, step);
			last_ = step;
		}
	first_ = std::min(first_, last_);
	first_ -= first_ > 0;
	last_ = std::min(last_ + 1, kSteps - 1);
}

uint64_t PageAxis::count(const Histogram& histogram, uint32_t step) {
	uint64_t sum = 0;
	for (uint32_t i = 0; i < kFine; i++) sum += histogram.buckets[step * kFine + i];
	return sum;
}

// Linear within a step, so that a value lies within the cell that counts it.
double PageAxis::at(uint64_t value_ns) const {
	const uint32_t step = al_bucket(value_ns) / kFine;
	const auto low = static_cast<double>(low_ns(step));
	const double part = std::clamp(
		(static_cast<double>(value_ns) - low) / (static_cast<double>(end_ns(step)) - low), 0.0,
		1.0);
	const double place = (static_cast<double>(step) + part - first_) / steps();
	return std::clamp(place, 0.0, 1.0);
}

std::vector<uint64_t> PageAxis::ticks() const {
	const uint64_t low = low_ns(first_), end = end_ns(last_);
	std::vector<uint64_t> decades, more;
	for (uint64_t decade = 1; decade <= end; decade *= 10)
		for (const uint64_t value : {decade, 2 * decade, 5 * decade}) {
			if (value < low || value > end) continue;
			more.push_back(value);
			if (value == decade) decades.push_back(value);
		}
	return decades.size() < 3 ? more : decades;
}

}  // namespace asynclat
