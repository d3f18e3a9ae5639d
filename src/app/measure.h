// A run on this kernel, whatever becomes of what it measures: shown (live.cpp) or kept
// (record.cpp).
#pragma once

#include <functional>
#include <string>

#include "app/event_loop.h"
#include "app/options.h"
#include "app/outlet.h"
#include "app/signals.h"
#include "recording/source.h"

namespace asynclat {

// Reads the source until the end of the run, which it returns.
using Consumer = std::function<Result<Interval>(Source&, Signals&, const LoopEvents&)>;

// Opens a session, tells on stderr what it measures, has it consumed and judges the run.
Result<Exit> measure(const Options& options, const Consumer& consume);

inline Schedule schedule_of(const Options& options) {
	return {options.interval_ns, options.count, options.duration_ns,
			options.request.min_ns.has_value()};
}

// An outlet that does not go deaf to signals while it writes.
Outlet outlet_of(int fd, Signals& signals, std::string name = "standard output");

}  // namespace asynclat
