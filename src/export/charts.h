// Pictures of a run as SVG elements, to stand in a page with page_style().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "export/time_columns.h"
#include "model/histogram.h"

namespace asynclat {

// How many items took how long. Must not be empty.
std::string histogram_chart(const Histogram& histogram);

// A row a CPU, or a range of CPUs where there are many; low latency on the left.
struct CpuRow {
	std::string name;
	Histogram histogram;
};
std::string cpu_chart(const std::vector<CpuRow>& rows);

// A column an interval, or some together; low latency at the bottom.
std::string time_chart(const std::vector<TimeColumn>& columns, uint64_t start_mono_ns,
					   uint64_t start_wall_ns);

// Where the time went: each stage's share of what the headline took together, and how long it took
// an item.
struct StageRow {
	std::string name;
	Histogram histogram;
	bool is_part = false;  // of the headline
};
std::string stage_chart(const std::vector<StageRow>& rows);

}  // namespace asynclat
