// Options that name something: mechanisms, stages, hooks, views. A name that does not exist is
// answered with those that do and with the nearest.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/options.h"
#include "base/result.h"

namespace asynclat {

// Each is a SetOption (grammar.h).
Status set_mechanisms(Options& options, std::span<const std::string> values);
Status set_stages(Options& options, std::span<const std::string> values);  // needs the mechanisms
Status set_hook_kinds(Options& options, std::span<const std::string> values);
Status set_view(Options& options, std::span<const std::string> values);
Status set_color(Options& options, std::span<const std::string> values);

// --workqueue chooses among items that are queued on one: the other mechanisms are left out, and
// one that is named is an error.
Status check_workqueue(const Request& request);

// A --stage without --mech asks for those mechanisms only that have one of its stages.
void leave_out_stageless(Request& request);
// All stages of the mechanisms asked for.
void ask_for_all_stages(Request& request);

std::vector<std::string_view> view_names();
std::vector<std::string_view> mechanism_names();
std::vector<std::string_view> hook_kind_names();

// What the names stand for, or the error of unknown_name() (usage.h).
Result<const Mechanism*> mechanism_named(std::string_view name);
Result<const Stage*> stage_named(const Mechanism& mechanism, std::string_view name);

bool is_asked_for(const Request& request, const Mechanism& mechanism);
// The error for text that names a mechanism which is not asked for.
Error not_asked_for(const Mechanism& mechanism, std::string_view text);

}  // namespace asynclat
