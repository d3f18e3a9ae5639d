// The loop over a recording: what run_loop() is for a live source, without a clock of its own.
#pragma once

#include <optional>

#include "app/console.h"
#include "app/outlet.h"
#include "app/report.h"
#include "app/signals.h"
#include "recording/replay.h"

namespace asynclat {

struct Pace {
	std::optional<double> speed;  // absent: at once
	bool step = false;            // an interval a key; without a console a line on stdin
};

// Reports all intervals, the last of them as the end, and returns the whole run. A pause holds it.
// A signal, the key to quit and the end of stdin where lines are waited for end it with what was
// shown so far.
Result<Interval> replay_loop(Replay& replay, Report& report, Console& console, Outlet& outlet,
							 Signals& signals, const Pace& pace);

}  // namespace asynclat
