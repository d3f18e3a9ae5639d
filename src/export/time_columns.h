// A stage over time in a bounded number of columns: where they do not suffice, neighbours join.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/histogram.h"

namespace asynclat {

struct TimeColumn {
	uint64_t from_ns = 0;  // CLOCK_MONOTONIC
	uint64_t to_ns = 0;
	Histogram histogram;
};

class TimeColumns {
public:
	static constexpr size_t kMost = 160;

	void add(TimeColumn column);
	[[nodiscard]] const std::vector<TimeColumn>& columns() const { return columns_; }

private:
	std::vector<TimeColumn> columns_;
	size_t stride_ = 1;   // intervals a column
	size_t in_last_ = 0;  // of these in the last one so far
};

}  // namespace asynclat
