#include <unistd.h>

#include "app/commands.h"
#include "app/dump.h"
#include "app/entry.h"
#include "app/measure.h"
#include "app/show.h"

namespace asynclat {
namespace {

Result<Interval> run(const Options& options, Source& source, Signals& signals,
					 const LoopEvents& events) {
	const Show show(options, signals, Viewer::Pause::picture);
	Outlet outlet = outlet_of(STDOUT_FILENO, signals);
	return run_loop(source, show.report(), show.console(), outlet, signals, schedule_of(options),
					events);
}

// A file that was not written is an error, once the run has come to its end.
Result<Interval> run_with_dump(const Options& options, Source& source, Signals& signals,
							   const LoopEvents& events) {
	if (!options.quiet) tell(wrapped(Dump::banner(options)));
	Dump dump(options, source);
	LoopEvents both = events;
	both.interval = [&](const Interval& interval) {
		std::string said = events.interval(interval);
		const std::string dumped = wrapped(dump.interval(interval));
		if (!said.empty() && !dumped.empty()) said += "\n";
		return said + dumped;
	};
	const auto total = run(options, dump.source(), signals, both);
	if (!total) return total;
	if (const std::string said = dump.end(); !said.empty() && !options.quiet) tell(wrapped(said));
	if (dump.failure()) return *dump.failure();
	return total;
}

}  // namespace

Result<Exit> run_live(const Options& options) {
	const bool dumps = !options.dump.file.empty();
	if (dumps)
		if (const Status fine = Dump::check(options); !fine) return fine.error();
	return measure(options, [&](Source& source, Signals& signals, const LoopEvents& events) {
		return dumps ? run_with_dump(options, source, signals, events)
					 : run(options, source, signals, events);
	});
}

}  // namespace asynclat
