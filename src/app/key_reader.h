// The bytes that a terminal sends, as keys.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace asynclat {

// Escape sequences may arrive in parts. Characters beyond ASCII and sequences of no known key are
// dropped.
class KeyReader {
public:
	// The keys that are whole now, as view/keymap.h names them.
	std::vector<char32_t> feed(std::string_view bytes);
	// A sequence has begun. Nothing more came of it: flush() gives the escape key itself.
	[[nodiscard]] bool waits() const { return !begun_.empty(); }
	std::vector<char32_t> flush();

private:
	std::string begun_;
};

}  // namespace asynclat
