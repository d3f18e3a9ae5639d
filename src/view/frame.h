// What a view returns: a grid of cells. A cell says what it means (its style), never how that
// looks: colours, cursor moves and the terminal are for whoever draws the frame (paint.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace asynclat {

enum class Style : uint8_t {
	plain,
	title,    // what the block below is about
	header,   // names of columns, units, what is absent
	bar,      // a mark as long as a count is large; `step` is its colour
	shade,    // a mark as strong as a count is large, by `step`
	warning,  // something was lost or does not add up
};

// Steps of a shade or colour: 0 is empty, then one a count to the largest.
inline constexpr unsigned kSteps = 8;
// What a shade looks like without colour.
inline constexpr std::string_view kShades = " .:-=+*#@";

// One character of width one.
struct Cell {
	char32_t glyph = U' ';
	Style style = Style::plain;
	uint8_t step = 0;
};

using Row = std::vector<Cell>;

// Blanks at the beginning of a paragraph's first row, and of its further rows.
struct Indent {
	size_t first = 0;
	size_t rest = 0;
};

// Rows of cells, built from the top. flow() keeps them within `width`; put() leaves that to the
// caller. Text comes in as bytes of unknown origin: what is not printable ASCII is escaped (\x1b).
class Frame {
public:
	explicit Frame(int width);

	[[nodiscard]] size_t width() const { return width_; }
	[[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
	// What is left of the last row.
	[[nodiscard]] size_t room_left() const;

	// Begins a row; what puts something writes to the last one.
	void new_row() { rows_.emplace_back(); }
	void put(std::string_view text, Style style = Style::plain);
	// The same character a number of times.
	void put_glyph(char32_t glyph, size_t times, Style style, unsigned step = 0);
	void put_shade(unsigned step, size_t times = 1);
	void put_blanks(size_t times) { put_glyph(U' ', times, Style::plain); }
	// Blanks up to a column, for what follows.
	void pad_to(size_t column);
	// As put(), but no more than this many columns: what is cut ends in ~.
	void put_within(std::string_view text, size_t columns, Style style = Style::plain);
	// A new row with those of these words, in their order, that fit; none of them is cut.
	void row_of(const std::vector<std::string>& words, std::string_view gap, Style style);
	// A new row with these words, `gap` between them. A word that does not fit goes to a further
	// row; one that is longer than a row is cut, at a blank where it has one.
	void flow(const std::vector<std::string>& words, std::string_view gap, Indent indent = {},
			  Style style = Style::plain);
	// The rows of another frame, below.
	void append(const Frame& below);
	// The first rows and columns alone; for what is too small to hold a view.
	void crop(size_t rows);

	// Plain text: a line a row, without trailing blanks.
	[[nodiscard]] std::string text() const;

private:
	size_t width_;
	std::vector<Row> rows_;
};

}  // namespace asynclat
