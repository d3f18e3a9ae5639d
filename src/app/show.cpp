#include "app/show.h"

#include <unistd.h>

#include "app/terminal.h"
#include "app/terminal_theme.h"
#include "app/watched_report.h"

namespace asynclat {

Show::Show(const Options& options, Signals& signals, Viewer::Pause pause, bool at_once) {
	const Theme theme = choose_theme(options.color, options.ascii, ThemeEnvironment::read(),
									 isatty(STDOUT_FILENO) != 0);
	if (options.json || options.command == Command::pending || !can_draw()) {
		report_ = make_report(options, text_extent(options), theme);
		console_ = std::make_shared<NoConsole>();
		return;
	}
	signals.take_terminal();
	const auto watched = std::make_shared<WatchedReport>(options, theme, pause, at_once);
	report_ = watched;
	console_ = watched;
}

}  // namespace asynclat
