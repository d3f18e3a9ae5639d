// Options about who queues items. Each is a SetOption (grammar.h).
#pragma once

#include <span>
#include <string>

#include "app/options.h"
#include "base/result.h"

namespace asynclat {

Status set_submitter(Options& options, std::span<const std::string> values);
Status set_stack(Options& options, std::span<const std::string> values);
Status set_pid(Options& options, std::span<const std::string> values);
Status set_cgroup(Options& options, std::span<const std::string> values);

// They say more of items that are told: so some must be.
Status check_submitters(const Options& options);

}  // namespace asynclat
