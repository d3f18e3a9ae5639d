#include "app/cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/command_line.h"
#include "app/grammar.h"
#include "app/help.h"
#include "app/usage.h"
#include "app/version.h"
#include "base/words.h"

namespace asynclat {
namespace {

Error unknown_option(std::string_view text) {
	const std::string_view name = text.substr(0, text.find('='));
	std::vector<std::string> long_names;

	for (const OptionRow& row : option_rows()) long_names.push_back(fmt::format("--{}", row.name));
	const std::vector<std::string_view> candidates(long_names.begin(), long_names.end());
	return usage_error(fmt::format("there is no option {}", in_quotes(name)),
					   did_you_mean(name, candidates) + "asynclat --help lists all");
}

// What CLI11 would read in a way that nobody means.
Status check_spelling(std::span<const std::string> arguments) {
	for (const std::string& text : arguments) {
		if (text == "--") break;
		if (text.starts_with("--") && text.find('=') == text.size() - 1)
			return usage_error(fmt::format("{} is without a value", in_quotes(text)),
							   "a value behind the =, or no =");
		for (const OptionRow& row : option_rows()) {
			if (text.starts_with('-') && text.substr(1) == row.name)
				return usage_error(fmt::format("there is no option {}", in_quotes(text)),
								   fmt::format("did you mean '--{}'?", row.name));
			if (!row.letter.empty() && text.starts_with(fmt::format("-{}=", row.letter)))
				return usage_error(fmt::format("{}: no = behind a letter", in_quotes(text)),
								   row.argument.empty()
									   ? fmt::format("-{} alone", row.letter)
									   : fmt::format("-{} {}, or --{}={}", row.letter, row.argument,
													 row.name, row.argument));
		}
	}
	return Nothing{};
}

bool is_option(std::string_view text) {
	return text.size() > 1 && text[0] == '-' &&
		   std::string_view(".0123456789").find(text[1]) == std::string_view::npos;
}

Result<CommandLine> take_apart(const std::vector<std::string>& arguments) {
	CLI::App app;
	std::vector<CLI::Option*> options;

	app.set_help_flag();
	app.allow_extras();
	CLI::Option* const words[] = {app.add_option("first"), app.add_option("second")};
	for (const OptionRow& row : option_rows()) {
		const std::string names = (row.letter.empty() ? "" : fmt::format("-{},", row.letter)) +
								  fmt::format("--{}", row.name);
		options.push_back(row.argument.empty() ? app.add_flag(names) : app.add_option(names));
		options.back()->take_all();
	}
	try {
		app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
	} catch (const CLI::ArgumentMismatch&) {
		// An option takes whatever follows, so only the last can be without a value.
		return usage_error(fmt::format("{} is without a value", in_quotes(arguments.back())),
						   "asynclat --help says what it takes");
	}

	CommandLine line;
	for (const CLI::Option* word : words)
		line.words.insert(line.words.end(), word->results().begin(), word->results().end());
	for (const std::string& text : app.remaining()) {
		if (text == "--") continue;
		if (is_option(text)) return unknown_option(text);
		line.words.push_back(text);
	}
	for (size_t i = 0; i < options.size(); i++)
		if (options[i]->count() > 0) line.given[option_rows()[i].name] = options[i]->results();
	return line;
}

}  // namespace

Result<Parsed> parse(int argc, const char* const* argv) {
	const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);

	if (const Status spelt = check_spelling(arguments); !spelt) return spelt.error();
	const auto line = take_apart(arguments);
	if (!line) return line.error();
	const Command command = command_of(*line);
	if (line->has("help")) return Parsed(Text{help_text(command)});
	if (line->has("version")) return Parsed(Text{fmt::format("asynclat {}\n", kVersion)});
	const auto options = understand(*line);
	if (!options) return options.error();
	return Parsed(*options);
}

}  // namespace asynclat
