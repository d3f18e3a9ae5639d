#include "app/command_line.h"

#include <fmt/format.h>

#include <cctype>
#include <span>
#include <utility>

#include "app/black_box.h"
#include "app/grammar.h"
#include "app/limits.h"
#include "app/option_names.h"
#include "app/submitter_options.h"
#include "app/usage.h"
#include "base/units.h"
#include "base/words.h"

namespace asynclat {
namespace {

Status check_use(const OptionRow& row, std::span<const std::string> values, Command command) {
	if (!takes(command, row)) {
		std::string takers;
		for (const CommandRow& c : command_rows())
			if (takes(c.id, row))
				takers += (takers.empty() ? "" : " and with ") + in_quotes(full_name(c));
		return usage_error(fmt::format("{} does not take --{}",
									   in_quotes(full_name(command_row(command))), row.name),
						   "it goes with " + takers);
	}
	if (row.argument.empty()) {
		for (const std::string& value : values)
			if (value != "true")  // what CLI11 gives for a flag alone
				return usage_error(fmt::format("--{} takes no value, and {} was given", row.name,
											   in_quotes(value)),
								   fmt::format("--{} alone", row.name));
	} else if (values.size() > 1 && !row.repeatable) {
		return usage_error(fmt::format("--{} was given {} times", row.name, values.size()),
						   fmt::format("--{} {} once", row.name, row.argument));
	}
	return Nothing{};
}

Status read_interval(Options& options, const std::string& text) {
	const auto interval_ns = parse_seconds(text);
	const std::string form = fmt::format(
		"an interval is seconds or a duration with its unit, from {} to {}: 1, 0.5, 500ms",
		duration_text(kShortestIntervalNs), duration_text(kLongestIntervalNs));

	if (!interval_ns) {
		const bool word = !text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) != 0;
		if (!word) return usage_error("interval: " + interval_ns.error().what, form);
		std::vector<std::string_view> commands;
		for (const CommandRow& row : command_rows())
			if (!row.name.empty()) commands.push_back(row.name);
		return usage_error(fmt::format("{} is neither a command nor an interval", in_quotes(text)),
						   fmt::format("{}a command is {}; {}", did_you_mean(text, commands),
									   one_of(commands), form));
	}
	if (*interval_ns < kShortestIntervalNs)
		return usage_error(fmt::format("interval: {} is too short", in_quotes(text)), form);
	if (*interval_ns > kLongestIntervalNs)
		return usage_error(fmt::format("interval: {} is too long", in_quotes(text)), form);
	options.interval_ns = *interval_ns;
	return Nothing{};
}

Status read_count(Options& options, const std::string& text) {
	const auto count = parse_count(text);
	const std::string form = "a count is a whole number of reports, at least 1";

	if (!count) return usage_error("count: " + count.error().what, form);
	if (*count == 0)
		return usage_error(fmt::format("count: {} is no report at all", in_quotes(text)), form);
	options.count = *count;
	return Nothing{};
}

bool measures(const Options& options) {
	return options.command == Command::live || options.command == Command::pending ||
		   options.command == Command::record;
}

// The words behind the command, which is gone from them.
Status read_words(Options& options, std::span<const std::string> words) {
	const CommandRow& command = command_row(options.command);
	const bool has_file = options.command == Command::record || options.command == Command::replay;
	const bool has_times = measures(options);
	const size_t most = (has_file ? 1 : 0) + (has_times ? 2 : 0);

	if (has_file && (words.empty() || words[0].empty()))
		return usage_error(fmt::format("{} needs a file", in_quotes(full_name(command))),
						   fmt::format("{} {}", full_name(command), command.usage));
	if (words.size() > most)
		return usage_error(fmt::format("{} is one argument too many", in_quotes(words[most])),
						   fmt::format("{} {}", full_name(command), command.usage));
	if (has_file) {
		options.file = words[0];
		words = words.subspan(1);
	}
	if (!words.empty())
		if (Status read = read_interval(options, words[0]); !read) return read;
	if (words.size() > 1)
		if (Status read = read_count(options, words[1]); !read) return read;
	return Nothing{};
}

Status check_dump(const DumpOptions& dump, uint64_t interval_ns) {
	if (dump.file.empty() && !dump.on.empty())
		return usage_error("--on: nothing is kept", "add --dump FILE: what is to be written then");
	if (dump.file.empty() && dump.every_ns)
		return usage_error("--dump-every: nothing is kept", "it goes with --dump FILE and --on");
	if (!dump.file.empty() && interval_ns > kDumpSpanNs)
		return usage_error(fmt::format("--dump: an interval of {} is longer than what is kept, {}",
									   duration_text(interval_ns), duration_text(kDumpSpanNs)),
						   "an interval of a second: what led to it is in the file then");
	if (!dump.file.empty() && dump.on.empty())
		return usage_error("--dump: nothing says when",
						   "add --on MECH.STAGE.QUANTILE=DURATION: --on workqueue.wait.max=50ms");
	return Nothing{};
}

// What is kept of items, if anything, is the same whether or not they are shown.
void choose_items(Options& options) {
	options.shows_items = options.request.min_ns.has_value();
	if (options.dump.file.empty()) return;
	if (!options.shows_items) options.request.min_ns = min_for_dump(options.dump.on);
	options.request.runs = true;
}

}  // namespace

Command command_of(const CommandLine& line) {
	for (const CommandRow& row : command_rows())
		if (!line.words.empty() && line.words.front() == row.name) return row.id;
	return Command::live;
}

Result<Options> understand(const CommandLine& line) {
	Options options;

	options.command = command_of(line);
	for (const OptionRow& row : option_rows()) {
		if (!line.has(row.name)) continue;
		const auto& values = line.given.at(row.name);
		if (const Status use = check_use(row, values, options.command); !use) return use.error();
		if (const Status set = row.set(options, values); !set) {
			Error error = set.error();
			error.what = fmt::format("--{}: {}", row.name, error.what);
			return error;
		}
	}
	if (options.json && line.has("view"))
		return usage_error("--json: cannot be together with --view", "--view is for people");
	if (options.nanoseconds && options.view->full_screen)
		return usage_error("--nanoseconds: cannot be together with this --view",
						   "hist and --json have room for them");
	if (!options.html.empty() && (options.json || line.has("view")))
		return usage_error("--html: cannot be together with --json or --view",
						   "one replay for each: the recording stays");
	if (!options.trace.empty() && (options.json || !options.html.empty() || line.has("view")))
		return usage_error("--trace: cannot be together with --json, --html or --view",
						   "one replay for each: the recording stays");
	if (options.force && options.command == Command::live && options.dump.file.empty())
		return usage_error("--force: there is no file to replace", "it goes with --dump FILE");
	if (options.step && options.speed)
		return usage_error("--step: cannot be together with --speed", "one of them");
	if (options.json && options.facts)
		return usage_error("--json: cannot be together with --facts",
						   "--facts is text that asynclat's tests read");
	const std::span<const std::string> words(line.words);
	const size_t behind = options.command == Command::live ? 0 : 1;
	if (const Status read = read_words(options, words.subspan(behind)); !read) return read.error();
	if (const Status fine = check_workqueue(options.request); !fine) return fine.error();
	if (const Status fine = check_dump(options.dump, options.interval_ns); !fine)
		return fine.error();
	if (const Status fine = check_submitters(options); !fine) return fine.error();
	if (options.step && options.file == "-")
		return usage_error("--step: cannot be together with a recording on standard input",
						   "--speed, or a file");
	if (options.command == Command::pending)
		options.request.oldest_min_ns =
			std::exchange(options.request.min_ns, std::nullopt).value_or(kPendingMinNs);
	choose_items(options);
	leave_out_stageless(options.request);
	// After that: a mechanism is not left out for its stages here. What was recorded has all it
	// has.
	if (measures(options) && takes_every_stage(options) && options.request.stages.empty())
		ask_for_all_stages(options.request);
	// A replay may ask for them.
	options.request.pools |= options.command == Command::record;
	return options;
}

}  // namespace asynclat
