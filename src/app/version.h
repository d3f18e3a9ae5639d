// The version that --version, JSON and recordings carry.
#pragma once

#include <string_view>

namespace asynclat {

inline constexpr std::string_view kVersion = ASYNCLAT_VERSION;

}  // namespace asynclat
