#include "view/paint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace asynclat {
namespace {

// viridis: luminance rises, and it is the same to the colour-blind.
constexpr std::array<uint8_t, kSteps> kIndexed = {53, 61, 24, 30, 36, 113, 148, 220};
constexpr std::array<uint32_t, kSteps> kDirect = {0x482878, 0x3e4989, 0x31688e, 0x26828e,
												  0x1f9e89, 0x35b779, 0x8fd744, 0xfde725};
constexpr unsigned kDotted = 2;  // up to this step a shade keeps its mark: it is dark
constexpr unsigned kBright = 6;  // from this step on text on a shade is dark
constexpr std::string_view kReset = "\x1b[0m";

std::string colour(unsigned step, bool background, Colours colours) {
	const unsigned i = std::min(step, kSteps) - 1;
	const int which = background ? 48 : 38;
	if (colours == Colours::indexed) return fmt::format("{};5;{}", which, kIndexed[i]);
	const uint32_t rgb = kDirect[i];
	return fmt::format("{};2;{};{};{}", which, rgb >> 16, rgb >> 8 & 0xff, rgb & 0xff);
}

// What Select Graphic Rendition is given for a cell; empty: the terminal's own colours.
std::string rendition(const Cell& cell, Colours colours) {
	switch (cell.style) {
		case Style::title:
			return "1";
		case Style::header:
			return "2";
		case Style::warning:
			return "1;" + colour(kSteps, false, colours);
		case Style::bar:
			return colour(cell.step ? cell.step : 5, false, colours);
		case Style::shade:
			return (cell.step < kBright ? "97;" : "30;") + colour(cell.step, true, colours);
		case Style::plain:
			break;
	}
	return "";
}

// Blocks that fill a part of a cell, from the left or from below.
char32_t in_ascii(char32_t glyph) {
	if (glyph < 0x80) return glyph;
	if (glyph >= U'▁' && glyph <= U'▇') return glyph < U'▄' ? U'.' : glyph < U'▇' ? U':' : U'#';
	if (glyph >= U'█' && glyph <= U'▏') return U'#';
	return glyph == U'─' ? U'-' : U'|';
}

void append_utf8(std::string& out, char32_t glyph) {
	if (glyph < 0x80) {
		out += static_cast<char>(glyph);
	} else if (glyph < 0x800) {
		out += static_cast<char>(0xc0 | glyph >> 6);
		out += static_cast<char>(0x80 | (glyph & 0x3f));
	} else {
		out += static_cast<char>(0xe0 | glyph >> 12);
		out += static_cast<char>(0x80 | (glyph >> 6 & 0x3f));
		out += static_cast<char>(0x80 | (glyph & 0x3f));
	}
}

char32_t shown(const Cell& cell, const Theme& theme) {
	if (cell.style == Style::shade && theme.colours != Colours::none && cell.step > kDotted &&
		cell.glyph == static_cast<char32_t>(kShades[cell.step]))
		return U' ';
	return theme.utf8 ? cell.glyph : in_ascii(cell.glyph);
}

bool same_look(const Cell& a, const Cell& b) { return a.style == b.style && a.step == b.step; }

void append(std::string& out, const Row& row, const Theme& theme) {
	const size_t length = painted_width(row);
	bool coloured = false;
	for (size_t i = 0; i < length; i++) {
		if (theme.colours != Colours::none && (i == 0 || !same_look(row[i], row[i - 1]))) {
			const std::string look = rendition(row[i], theme.colours);
			if (!look.empty())
				out += fmt::format("\x1b[0;{}m", look);
			else if (coloured)
				out += kReset;
			coloured = !look.empty();
		}
		append_utf8(out, shown(row[i], theme));
	}
	if (coloured) out += kReset;
}

}  // namespace

size_t painted_width(const Row& row) {
	size_t width = row.size();
	while (width && row[width - 1].glyph == U' ' && row[width - 1].style != Style::shade) width--;
	return width;
}

std::string painted(const Row& row, const Theme& theme) {
	std::string out;
	append(out, row, theme);
	return out;
}

std::string painted(const Frame& frame, const Theme& theme) {
	std::string out;
	for (const Row& row : frame.rows()) {
		append(out, row, theme);
		out += '\n';
	}
	return out;
}

}  // namespace asynclat
