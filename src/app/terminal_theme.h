// Which colours and characters an output may have.
#pragma once

#include <string>

#include "app/options.h"
#include "view/theme.h"

namespace asynclat {

// Values of these variables; empty: not set.
struct ThemeEnvironment {
	std::string no_color, clicolor_force, force_color, term, colorterm;
	std::string lc_all, lc_ctype, lang;

	static ThemeEnvironment read();
};

// --color decides, then NO_COLOR, then CLICOLOR_FORCE or FORCE_COLOR, then TERM, then whether it
// is a terminal. UTF-8 only where the locale says so.
Theme choose_theme(ColorChoice color, bool ascii, const ThemeEnvironment& environment,
				   bool terminal);

}  // namespace asynclat
