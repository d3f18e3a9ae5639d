// Scales of a picture: they grow at once and shrink after ten quiet intervals, so that frames can
// be compared. Their state is the caller's: one Scale for each picture that goes on.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "model/heatmap.h"
#include "view/frame.h"

namespace asynclat {

// The largest of what was wanted, until ten intervals have all wanted less: then their largest.
class Sticky {
public:
	// What to use for the interval that ended at `mono_ns`. Asking again for the same interval is
	// no further quiet one.
	uint64_t follow(uint64_t wanted, uint64_t mono_ns);

private:
	uint64_t value_ = 0;
	uint64_t largest_since_ = 0;
	uint64_t asked_mono_ns_ = 0;
	int quiet_ = 0;
};

struct Scale {
	Sticky count;
	Sticky highest;  // octave of the open cell
	Sticky lowest;   // as what is left below the topmost octave there is

	// Nothing wanted (no events) leaves the range as it was.
	OctaveRange follow(std::optional<OctaveRange> wanted, uint64_t mono_ns);

private:
	OctaveRange range_{8, 18};  // from about a microsecond to a millisecond
};

// Counts to steps, on a log scale up to one maximum. One event is at least step 1.
class CountSteps {
public:
	explicit CountSteps(uint64_t most);
	[[nodiscard]] unsigned step(uint64_t count) const;
	// The smallest count of a step (from 1); two steps may have the same: the higher one is used.
	[[nodiscard]] uint64_t from(unsigned step) const { return from_[step - 1]; }

private:
	std::array<uint64_t, kSteps> from_{};
};

// Latencies to steps: whole octaves, the same number a step.
class TimeSteps {
public:
	explicit TimeSteps(OctaveRange range);
	[[nodiscard]] unsigned step(uint64_t value_ns) const;
	[[nodiscard]] uint64_t from_ns(unsigned step) const;

private:
	int lowest_;  // octave of the first step; there may be none so low
	int octaves_a_step_;
};

// Legends, in as many rows as it takes: a number for each step.
Frame legend(const CountSteps& steps, int width);
Frame legend(const TimeSteps& steps, const std::string& what, bool offline, int width);

}  // namespace asynclat
