// What may stand on the command line: one row a command, one row an option. The command line is
// read by these rows and the help is printed from them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "app/options.h"
#include "base/result.h"

namespace asynclat {

inline constexpr uint64_t kShortestIntervalNs = 10'000'000;
inline constexpr uint64_t kLongestIntervalNs = 86'400'000'000'000;
inline constexpr uint64_t kMostEntries = 1 << 24;
// Kernel memory a pending item takes, for people to reckon with; the plan knows it exactly.
inline constexpr uint64_t kBytesAnEntry = 200;

struct CommandRow {
	Command id{};
	std::string_view name;  // empty: the command without a word
	std::string_view usage;
	std::string_view summary;
};

// Puts what was given into the options. One value each time that the option was given, at least
// one; a flag's values mean nothing. An error's `what` does not name the option: the caller does.
using SetOption = Status (*)(Options& options, std::span<const std::string> values);

struct OptionRow {
	std::string_view name;      // long, without dashes
	std::string_view letter;    // short name; empty: none
	std::string_view argument;  // what it takes, for people; empty: a flag
	std::string_view group;     // heading in the help; rows of a group stand together
	std::string_view help;      // {mechanisms} and the like are filled in by help_text()
	unsigned commands = 0;      // those that take it: bits by Command
	bool repeatable = false;
	SetOption set = nullptr;  // null: answered before any option is read (help, version)
};

std::span<const CommandRow> command_rows();
// In the order in which they are read: a row may rely on what the rows before it have set.
std::span<const OptionRow> option_rows();

const CommandRow& command_row(Command id);
// "asynclat", "asynclat doctor"
std::string full_name(const CommandRow& command);
inline bool takes(Command command, const OptionRow& option) {
	return (option.commands >> static_cast<unsigned>(command) & 1) != 0;
}

}  // namespace asynclat
