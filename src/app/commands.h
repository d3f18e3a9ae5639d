// What the subcommands do. Each returns how to leave, or the error to print.
#pragma once

#include "app/options.h"
#include "base/result.h"

namespace asynclat {

// Calls the one that the options name.
Result<Exit> run(const Options& options);

Result<Exit> run_live(const Options& options);
Result<Exit> run_record(const Options& options);
Result<Exit> run_replay(const Options& options);
Result<Exit> run_demo(const Options& options);
Result<Exit> run_doctor(const Options& options);
Result<Exit> run_list(const Options& options);

}  // namespace asynclat
