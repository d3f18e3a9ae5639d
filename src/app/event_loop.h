// The main loop: reads a source at each interval, has it reported, and ends in order. Knows
// neither BPF nor what a report looks like.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "app/console.h"
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
	bool items = false;  // the source tells of items one by one
};

// What the loop has said to the person; an empty text is not.
struct LoopEvents {
	// A second has passed without any event.
	std::function<std::string()> still_nothing = [] { return std::string(); };
	// An interval was read, before it is reported.
	std::function<std::string(const Interval&)> interval = [](const Interval&) {
		return std::string();
	};
};

// Runs until count, duration, a signal, a key or a closed outlet, and returns the whole run. The
// last interval is the one that Source::finish() closes, so its books are exact.
Result<Interval> run_loop(Source& source, Report& report, Console& console, Outlet& outlet,
						  Signals& signals, const Schedule& schedule, const LoopEvents& events);

}  // namespace asynclat
