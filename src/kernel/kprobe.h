// What a kernel says to a kprobe on one of its functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace asynclat {

// What an errno means there, in words; empty: nothing of its own.
std::string_view why_no_kprobe(int error);

// Asks the kernel, by an event that is closed again, before any program is loaded for it. Empty: it
// would, or it did not say.
std::string_view ask_for_kprobe(const std::string& function);

}  // namespace asynclat
