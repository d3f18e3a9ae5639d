// Text for an HTML page: what comes from outside is made harmless here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace asynclat {

// For an element or an attribute in quotes: control characters become visible, markup becomes text.
std::string html(std::string_view text);

// "2026-11-23 12:03:05 UTC"
std::string utc_text(uint64_t wall_ns);

// The style sheet, as it stands in the page.
std::string_view page_style();

}  // namespace asynclat
