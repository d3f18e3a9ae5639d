// Limits on a quantile of a stage, checked against what is collected: --fail-if and --on.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "app/options.h"
#include "base/result.h"

namespace asynclat {

// Each is a SetOption (grammar.h). Needs the mechanisms and stages: a limit on what is not
// collected could never be exceeded, so it is an error that names the option to add.
Status set_fail_if(Options& options, std::span<const std::string> values);
Status set_on(Options& options, std::span<const std::string> values);

// --dump without --min keeps items that took this share of the smallest limit or longer: what adds
// up to such a wait, and not so many that telling them costs much.
inline constexpr uint64_t kDumpMinShare = 16;
inline constexpr uint64_t kShortestDumpMinNs = 10'000;
uint64_t min_for_dump(std::span<const Limit> on);

}  // namespace asynclat
