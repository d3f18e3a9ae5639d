#include "view/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "view/quantity.h"

namespace asynclat {
namespace {

constexpr int kQuietIntervals = 10;
constexpr uint32_t kOctaves = AL_BUCKETS / AL_SUB;
constexpr uint32_t kFewestOctaves = 3;  // that a picture shows

struct LegendEntry {
	unsigned step;
	std::string text;
};

// A shade and what it stands for, wrapped as words are.
Frame put_legend(const std::string& what, const std::vector<LegendEntry>& entries,
				 const std::string& last, int width) {
	Frame frame(width);
	frame.new_row();
	frame.put_within(what, frame.width(), Style::header);
	const auto begin = [&](size_t size) {
		if (frame.rows().back().size() + 2 + size > frame.width())
			frame.new_row();
		else
			frame.put_blanks(2);
	};
	for (const LegendEntry& entry : entries) {
		begin(2 + entry.text.size());
		frame.put_shade(entry.step);
		frame.put(" " + entry.text);
	}
	if (!last.empty()) {
		begin(last.size());
		frame.put(last, Style::header);
	}
	return frame;
}

}  // namespace

uint64_t Sticky::follow(uint64_t wanted, uint64_t mono_ns) {
	const bool another = mono_ns != asked_mono_ns_;
	asked_mono_ns_ = mono_ns;
	if (wanted >= value_) {
		value_ = wanted;
		quiet_ = 0;
		largest_since_ = 0;
		return value_;
	}
	largest_since_ = std::max(largest_since_, wanted);
	quiet_ += another;
	if (quiet_ >= kQuietIntervals) {
		value_ = largest_since_;
		quiet_ = 0;
		largest_since_ = 0;
	}
	return value_;
}

OctaveRange Scale::follow(std::optional<OctaveRange> wanted, uint64_t mono_ns) {
	if (!wanted) return range_;
	const auto high =
		static_cast<uint32_t>(highest.follow(std::max(wanted->highest, kFewestOctaves), mono_ns));
	const auto low =
		kOctaves - static_cast<uint32_t>(lowest.follow(kOctaves - wanted->lowest, mono_ns));
	range_ = {std::min(low, high - kFewestOctaves), high};
	return range_;
}

CountSteps::CountSteps(uint64_t most) {
	// A power of two: the legend does not change with every event.
	const double top =
		std::exp2(std::ceil(std::log2(static_cast<double>(std::max<uint64_t>(most, 1)))));
	for (unsigned i = 0; i < kSteps; i++)
		from_[i] = static_cast<uint64_t>(std::ceil(std::pow(top, i / double{kSteps})));
}

unsigned CountSteps::step(uint64_t count) const {
	return static_cast<unsigned>(std::upper_bound(from_.begin(), from_.end(), count) -
								 from_.begin());
}

TimeSteps::TimeSteps(OctaveRange range) {
	constexpr int kBelowLast = kSteps - 1;
	const auto highest = static_cast<int>(range.highest);
	const int octaves = highest - static_cast<int>(range.lowest);
	octaves_a_step_ = std::max(1, (octaves + kBelowLast - 1) / kBelowLast);
	lowest_ = highest - kBelowLast * octaves_a_step_;  // the highest octave opens the last step
}

unsigned TimeSteps::step(uint64_t value_ns) const {
	const int above = static_cast<int>(al_bucket(value_ns) / AL_SUB) - lowest_;
	return static_cast<unsigned>(
		std::clamp(1 + above / octaves_a_step_, 1, static_cast<int>(kSteps)));
}

uint64_t TimeSteps::from_ns(unsigned step) const {
	const int octave = lowest_ + static_cast<int>(step - 1) * octaves_a_step_;
	return al_bucket_low(static_cast<uint32_t>(std::max(octave, 0)) * AL_SUB);
}

Frame legend(const CountSteps& steps, int width) {
	std::vector<LegendEntry> entries;
	for (unsigned step = 1; step <= kSteps; step++)
		if (step == kSteps || steps.from(step + 1) != steps.from(step))
			entries.push_back({step, fmt::format("{}+", short_count(steps.from(step)))});
	return put_legend("count/cell  blank 0", entries, "", width);
}

Frame legend(const TimeSteps& steps, const std::string& what, bool offline, int width) {
	std::vector<LegendEntry> entries;
	for (unsigned step = 1; step < kSteps; step++)
		if (const uint64_t end = steps.from_ns(step + 1))
			entries.push_back({step, "<" + edge(end)});
	entries.push_back({kSteps, ">=" + edge(steps.from_ns(kSteps))});
	return put_legend(what, entries, offline ? "o offline" : "", width);
}

}  // namespace asynclat
