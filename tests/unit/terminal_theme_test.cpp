#include "app/terminal_theme.h"

#include <gtest/gtest.h>

namespace asynclat {
namespace {

using enum ColorChoice;

Colours colours(ColorChoice choice, const ThemeEnvironment& environment, bool terminal = true) {
	return choose_theme(choice, false, environment, terminal).colours;
}

TEST(TerminalTheme, TheOptionDecidesThenTheEnvironmentThenTheTerminal) {
	const ThemeEnvironment plain{.term = "xterm"};
	EXPECT_EQ(colours(automatic, plain), Colours::indexed);
	EXPECT_EQ(colours(automatic, plain, false), Colours::none);
	EXPECT_EQ(colours(always, plain, false), Colours::indexed);
	EXPECT_EQ(colours(never, plain), Colours::none);

	EXPECT_EQ(colours(automatic, {.no_color = "1", .force_color = "1", .term = "xterm"}),
			  Colours::none);
	EXPECT_EQ(colours(always, {.no_color = "1", .term = "dumb"}), Colours::indexed);
	EXPECT_EQ(colours(automatic, {.clicolor_force = "1", .term = "dumb"}, false), Colours::indexed);
	EXPECT_EQ(colours(automatic, {.force_color = "1"}, false), Colours::indexed);
	EXPECT_EQ(colours(automatic, {.clicolor_force = "0", .term = "xterm"}, false), Colours::none);
	EXPECT_EQ(colours(automatic, {.term = "dumb"}), Colours::none);
	EXPECT_EQ(colours(automatic, {}), Colours::none);
}

TEST(TerminalTheme, DirectColoursWhereTheyAreTold) {
	EXPECT_EQ(colours(automatic, {.term = "xterm", .colorterm = "truecolor"}), Colours::direct);
	EXPECT_EQ(colours(automatic, {.term = "xterm", .colorterm = "24bit"}), Colours::direct);
	EXPECT_EQ(colours(automatic, {.term = "xterm", .colorterm = "yes"}), Colours::indexed);
}

TEST(TerminalTheme, Utf8WhereTheLocaleSaysSo) {
	const auto utf8 = [](const ThemeEnvironment& environment, bool ascii = false) {
		return choose_theme(automatic, ascii, environment, true).utf8;
	};
	EXPECT_TRUE(utf8({.lang = "de_DE.UTF-8"}));
	EXPECT_TRUE(utf8({.lc_ctype = "C.utf8", .lang = "C"}));
	EXPECT_FALSE(utf8({.lc_all = "C", .lang = "de_DE.UTF-8"}));
	EXPECT_FALSE(utf8({}));
	EXPECT_FALSE(utf8({.lang = "de_DE.UTF-8"}, true));
}

}  // namespace
}  // namespace asynclat
