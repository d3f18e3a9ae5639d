// --fail-if: a limit on a quantile of a stage, checked against what is collected.
#pragma once

#include <span>
#include <string>

#include "app/options.h"
#include "base/result.h"

namespace asynclat {

// A SetOption (grammar.h). Needs the mechanisms and stages: a limit on what is not collected could
// never be exceeded, so it is an error that names the option to add.
Status set_fail_if(Options& options, std::span<const std::string> values);

}  // namespace asynclat
