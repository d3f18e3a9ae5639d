// The command line: what the user typed, checked and understood, or what is wrong with it.
#pragma once

#include <string>
#include <variant>

#include "app/options.h"
#include "base/result.h"

namespace asynclat {

// For stdout, as it is; then leave with Exit::done. Help or the version.
struct Text {
	std::string text;
};

using Parsed = std::variant<Options, Text>;

// Every error is Exit::usage: `what` names the option and quotes the text, escaped; `hint` says
// what is accepted, beginning with the nearest name where one was misspelt.
Result<Parsed> parse(int argc, const char* const* argv);

}  // namespace asynclat
