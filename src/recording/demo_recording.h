// The recording that `asynclat demo` plays; src/recording/demo/README.md says how it was made.
#pragma once

#include <string_view>

namespace asynclat {

std::string_view demo_recording();

}  // namespace asynclat
