#include "app/option_values.h"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "app/grammar.h"
#include "app/usage.h"
#include "base/cpu_list.h"
#include "base/units.h"
#include "base/words.h"

namespace asynclat {
namespace {

std::string_view grouping_option(Grouping grouping) {
	switch (grouping) {
		case Grouping::cpu:
			return "--per-cpu";
		case Grouping::function:
			return "--per-function";
		case Grouping::workqueue:
			return "--per-workqueue";
		case Grouping::pool:
			return "--per-pool";
		case Grouping::none:
			break;
	}
	return "";
}

Result<uint64_t> some_time(const std::string& text) {
	const auto time_ns = parse_duration(text);
	if (time_ns && *time_ns == 0)
		return usage_error(fmt::format("{} is no time at all", in_quotes(text)),
						   "a time longer than nothing, with its unit: 500ms, 10s, 5m, 2h");
	return time_ns;
}

// The name of a file to be made; `like` is one.
Result<std::string> file_name(const std::string& text, std::string_view like) {
	if (text.empty())
		return usage_error("'' is no file", fmt::format("a file that is not there yet: {}", like));
	if (text == "-")
		return usage_error("'-' is no file", fmt::format("it is a file: {}, or ./-", like));
	return text;
}

}  // namespace

Status set_cpus(Options& options, std::span<const std::string> values) {
	std::set<uint32_t> cpus;

	for (const std::string& value : values) {
		const auto list = parse_cpu_list(value);
		if (!list) return list.error();
		cpus.insert(list->begin(), list->end());
	}
	options.request.cpus.assign(cpus.begin(), cpus.end());
	return Nothing{};
}

Status set_workqueue(Options& options, std::span<const std::string> values) {
	const std::string& glob = values.front();

	if (glob.empty() || glob.size() >= AL_GLOB_BYTES)
		return usage_error(
			fmt::format("{} is {}", in_quotes(glob), glob.empty() ? "empty" : "too long"),
			fmt::format("a name or glob of 1 to {} bytes: 'events*'", AL_GLOB_BYTES - 1));
	options.request.workqueue = glob;
	return Nothing{};
}

Status set_functions(Options& options, std::span<const std::string> values) {
	for (const std::string& value : values) {
		for (const std::string_view glob : split(value, ',')) {
			if (glob.empty() || glob == "!")
				return usage_error(
					fmt::format("{} has an empty entry", in_quotes(value)),
					"names or globs, '!' before one leaves it out: 'blk_*,!blk_mq_*'");
			options.request.functions.emplace_back(glob);
		}
	}
	return Nothing{};
}

Status set_max_entries(Options& options, std::span<const std::string> values) {
	const std::string& text = values.front();
	const auto entries = parse_count(text);
	const std::string hint = fmt::format(
		"a whole number from 1 to {}; each entry takes about {} bytes of kernel memory, the most "
		"{}",
		count_text(kMostEntries), kBytesAnEntry, byte_text(kMostEntries * kBytesAnEntry));

	if (!entries) return usage_error(entries.error().what, hint);
	if (*entries < 1 || *entries > kMostEntries)
		return usage_error(fmt::format("{} is out of range", in_quotes(text)), hint);
	options.request.max_entries = *entries;
	return Nothing{};
}

Status set_min(Options& options, std::span<const std::string> values) {
	const auto min_ns = parse_duration(values.front());
	if (!min_ns) return min_ns.error();
	options.request.min_ns = std::max<uint64_t>(*min_ns, 1);
	return Nothing{};
}

Status set_duration(Options& options, std::span<const std::string> values) {
	const auto duration_ns = some_time(values.front());

	if (!duration_ns) return duration_ns.error();
	options.duration_ns = *duration_ns;
	return Nothing{};
}

Status set_html(Options& options, std::span<const std::string> values) {
	auto name = file_name(values.front(), "page.html");

	if (!name) return name.error();
	options.html = std::move(*name);
	return Nothing{};
}

Status set_trace(Options& options, std::span<const std::string> values) {
	auto name = file_name(values.front(), "trace.json");

	if (!name) return name.error();
	options.trace = std::move(*name);
	return Nothing{};
}

Status set_dump(Options& options, std::span<const std::string> values) {
	auto name = file_name(values.front(), "slow.rec");

	if (!name) return name.error();
	options.dump.file = std::move(*name);
	return Nothing{};
}

Status set_dump_every(Options& options, std::span<const std::string> values) {
	const auto every_ns = some_time(values.front());

	if (!every_ns) return every_ns.error();
	options.dump.every_ns = *every_ns;
	return Nothing{};
}

Status set_speed(Options& options, std::span<const std::string> values) {
	const std::string& text = values.front();
	double speed = 0;
	const auto read = std::from_chars(text.data(), text.data() + text.size(), speed);
	if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || !(speed >= 0.001) ||
		speed > 1'000'000)
		return usage_error(fmt::format("{} is no speed", in_quotes(text)),
						   "how many times as fast as it was, from 0.001 to 1000000: 1, 10, 0.5");
	options.speed = speed;
	return Nothing{};
}

Status set_max_loss(Options& options, std::span<const std::string> values) {
	const auto percent = parse_percent(values.front());

	if (!percent) return percent.error();
	options.max_loss_percent = *percent;
	return Nothing{};
}

Status set_one_grouping(Options& options, Grouping grouping) {
	if (options.grouping != Grouping::none)
		return usage_error(
			fmt::format("cannot be together with {}", grouping_option(options.grouping)),
			"one of -C, -F, -W and -P");
	options.grouping = grouping;
	options.request.pools = grouping == Grouping::pool;
	return Nothing{};
}

}  // namespace asynclat
