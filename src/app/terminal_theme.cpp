#include "app/terminal_theme.h"

#include <cstdlib>

namespace asynclat {
namespace {

std::string variable(const char* name) {
	const char* value = std::getenv(name);
	return value ? value : "";
}

bool forces(const std::string& value) { return !value.empty() && value != "0"; }

bool wants_colour(ColorChoice color, const ThemeEnvironment& environment, bool terminal) {
	if (color != ColorChoice::automatic) return color == ColorChoice::always;
	if (!environment.no_color.empty()) return false;
	if (forces(environment.clicolor_force) || forces(environment.force_color)) return true;
	return terminal && !environment.term.empty() && environment.term != "dumb";
}

bool is_utf8(const ThemeEnvironment& environment) {
	const std::string& locale = !environment.lc_all.empty()     ? environment.lc_all
								: !environment.lc_ctype.empty() ? environment.lc_ctype
																: environment.lang;
	for (const char* name : {"UTF-8", "utf-8", "UTF8", "utf8"})
		if (locale.find(name) != std::string::npos) return true;
	return false;
}

}  // namespace

ThemeEnvironment ThemeEnvironment::read() {
	return {variable("NO_COLOR"),    variable("CLICOLOR_FORCE"),
			variable("FORCE_COLOR"), variable("TERM"),
			variable("COLORTERM"),   variable("LC_ALL"),
			variable("LC_CTYPE"),    variable("LANG")};
}

Theme choose_theme(ColorChoice color, bool ascii, const ThemeEnvironment& environment,
				   bool terminal) {
	Theme theme;
	const std::string& depth = environment.colorterm;
	if (wants_colour(color, environment, terminal))
		theme.colours =
			depth == "truecolor" || depth == "24bit" ? Colours::direct : Colours::indexed;
	theme.utf8 = !ascii && is_utf8(environment);
	return theme;
}

}  // namespace asynclat
