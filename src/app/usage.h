// Errors that what the user typed has caused: all Exit::usage.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace asynclat {

// `what` quotes the text, escaped; `hint` says what is accepted.
Error usage_error(std::string what, std::string hint);

// "did you mean 'workqueue'? ", or nothing when no candidate is near.
std::string did_you_mean(std::string_view name, std::span<const std::string_view> candidates);

// There is no such name; `kind` says what it should have been: "mechanism".
Error unknown_name(std::string_view kind, std::string_view name,
				   std::span<const std::string_view> names);

}  // namespace asynclat
