// Rows of a picture by CPU or groups of CPUs, and how many rows become few without losing any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/snapshot.h"
#include "model/topology.h"
#include "view/scene.h"

namespace asynclat {

struct HeatRow {
	std::string label;
	Histogram histogram;
	uint32_t group = 0;  // number of the CPU or group
	uint64_t p99_ns = 0;
	bool empty = true;
};

// A CPU of a stage. Those offline at the start count as online once they have events.
struct CpuData {
	CpuPlace place;
	const Histogram* histogram;  // null: no data of it
	bool idle = true;
	bool offline = false;
};

// Of the scene's stage, those that are looked at.
std::vector<CpuData> cpus_of(const Scene& scene);

// A row a group of those that are online, by number. "3", "C1" (core), "L0", "N2", "P0", "all".
std::vector<HeatRow> rows_by(CpuGroup group, const std::vector<CpuData>& cpus);

HeatRow heat_row(std::string label, Histogram histogram, uint32_t group = 0);

// Is a worse than b: its p99, then its maximum?
bool is_worse(const HeatRow& a, const HeatRow& b);

// At most `most` rows, in their order: the worst of them or, once scrolled, those from the
// `first`th on; and then all others as one, "+5".
std::vector<HeatRow> fit_rows(std::vector<HeatRow> rows, size_t most, size_t first = 0);

}  // namespace asynclat
