// The command line taken apart into words and options, and what it means.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/options.h"
#include "base/result.h"

namespace asynclat {

// Nothing of it is understood yet.
struct CommandLine {
	std::vector<std::string> words;                              // command, interval, count
	std::map<std::string_view, std::vector<std::string>> given;  // by OptionRow::name

	[[nodiscard]] bool has(std::string_view option) const { return given.count(option) != 0; }
};

// The command that the first word names, or else Command::live.
Command command_of(const CommandLine& line);

Result<Options> understand(const CommandLine& line);

}  // namespace asynclat
