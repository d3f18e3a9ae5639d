// The main loop: reads a source at each interval, has it reported, and ends in order. Knows
// neither BPF nor what a report looks like.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "app/outlet.h"
#include "app/report.h"
#include "app/signals.h"
#include "base/result.h"
#include "recording/source.h"

namespace asynclat {

struct Schedule {
	uint64_t interval_ns = 1'000'000'000;
	std::optional<uint64_t> count;  // reports
	std::optional<uint64_t> duration_ns;
};

struct LoopEvents {
	// A second has passed without any event.
	std::function<void()> still_nothing = [] {};
	// An interval was read, before it is reported.
	std::function<void(const Interval&)> interval = [](const Interval&) {};
};

// Runs until count, duration, a signal or a closed outlet, and returns the whole run. The last
// interval is the one that Source::finish() closes, so its books are exact.
Result<Interval> run_loop(Source& source, Report& report, Outlet& outlet, Signals& signals,
						  const Schedule& schedule, const LoopEvents& events);

}  // namespace asynclat
