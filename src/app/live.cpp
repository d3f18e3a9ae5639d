#include "app/commands.h"
#include "app/measure.h"
#include "app/show.h"

namespace asynclat {

Result<Exit> run_live(const Options& options) {
	return measure(options, [&](Source& source, Signals& signals, const LoopEvents& events) {
		const Show show(options, signals, Viewer::Pause::picture);
		Outlet outlet = outlet_of(STDOUT_FILENO, signals);
		return run_loop(source, show.report(), show.console(), outlet, signals,
						schedule_of(options), events);
	});
}

}  // namespace asynclat
