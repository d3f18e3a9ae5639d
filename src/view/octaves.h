// A histogram's rows for people: the eight fine buckets of an octave together, and their labels.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/histogram.h"
#include "view/quantity.h"

namespace asynclat {

// Values of ge_ns up to, not including, lt_ns. The first octave holds all values under 8 ns, the
// last one is open: it has no lt_ns but counts everything from ge_ns up.
struct Octave {
	uint64_t ge_ns = 0;
	uint64_t lt_ns = 0;
	bool open = false;
	uint64_t count = 0;
};

// From the first to the last octave that is not empty, the empty ones between them too.
std::vector<Octave> octaves(const Histogram& histogram);

// The two sides of "lo -> hi". In nsecs hi is the largest value of the row, as bcc has it
// (512 -> 1023); in usecs it is the lower edge of the next row, rounded the same way there
// (0.512 -> 1.02, then 1.02 -> 2.05). An open octave has ">= lo" and nothing.
struct OctaveLabel {
	std::string low;
	std::string high;
};

OctaveLabel label(const Octave& octave, Unit unit);

}  // namespace asynclat
