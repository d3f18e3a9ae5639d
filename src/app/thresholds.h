// Was a run worse than the user allowed? --fail-if and --max-loss, judged on the whole run.
#pragma once

#include <cstdint>
#include <optional>

#include "app/options.h"
#include "base/result.h"
#include "model/snapshot.h"

namespace asynclat {

// An error where a limit is on what is not measured: it could never be exceeded.
Status check_limits(const Options& options, const Description& description);

// What a limit is about, in an interval or in a whole run; absent: there was no event.
std::optional<uint64_t> value_of(const Limit& limit, const Interval& interval);

// The slowest item of that, where the limit is on the maximum and its function is known.
std::optional<Peak> slowest_of(const Limit& limit, const Interval& interval);

// Exit::done, or an error that says what was exceeded: Exit::exceeded, Exit::lossy.
Result<Exit> judge(const Options& options, const Interval& total);

}  // namespace asynclat
