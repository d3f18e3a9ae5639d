// Options whose value says all: numbers, times, CPUs and globs. Each is a SetOption (grammar.h).
#pragma once

#include <span>
#include <string>

#include "app/options.h"
#include "base/result.h"

namespace asynclat {

Status set_cpus(Options& options, std::span<const std::string> values);
Status set_workqueue(Options& options, std::span<const std::string> values);
Status set_functions(Options& options, std::span<const std::string> values);
Status set_max_entries(Options& options, std::span<const std::string> values);
Status set_min(Options& options, std::span<const std::string> values);
Status set_duration(Options& options, std::span<const std::string> values);
Status set_dump(Options& options, std::span<const std::string> values);
Status set_dump_every(Options& options, std::span<const std::string> values);
Status set_html(Options& options, std::span<const std::string> values);
Status set_trace(Options& options, std::span<const std::string> values);
Status set_speed(Options& options, std::span<const std::string> values);
Status set_max_loss(Options& options, std::span<const std::string> values);

// An error when another grouping is set.
Status set_one_grouping(Options& options, Grouping grouping);

template <Grouping kGrouping>
Status set_grouping(Options& options, std::span<const std::string> /*values*/) {
	return set_one_grouping(options, kGrouping);
}

template <bool Options::*kFlag>
Status set_flag(Options& options, std::span<const std::string> /*values*/) {
	options.*kFlag = true;
	return Nothing{};
}

}  // namespace asynclat
