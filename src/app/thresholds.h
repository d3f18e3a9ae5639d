// Was a run worse than the user allowed? --fail-if and --max-loss, judged on the whole run.
#pragma once

#include "app/options.h"
#include "base/result.h"
#include "model/snapshot.h"

namespace asynclat {

// Exit::done, or an error that says what was exceeded: Exit::exceeded, Exit::lossy.
Result<Exit> judge(const Options& options, const Interval& total);

}  // namespace asynclat
