// What a view returns: a grid of cells. A cell says what it means (its style), never how that
// looks: colours, cursor moves and the terminal are for whoever draws the frame.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace asynclat {

enum class Style {
	plain,
	title,    // what the block below is about
	header,   // names of columns, units
	bar,      // a mark as long as a count is large
	warning,  // something was lost or does not add up
};

// One character of width one, in UTF-8.
struct Cell {
	std::string text;
	Style style = Style::plain;
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

	// Begins a row; put() and flow() write to the last one.
	void new_row() { rows_.emplace_back(); }
	void put(std::string_view text, Style style = Style::plain);
	// A new row with these words, `gap` between them. A word that does not fit goes to a further
	// row; one that is longer than a row is cut, at a blank where it has one.
	void flow(const std::vector<std::string>& words, std::string_view gap, Indent indent = {},
			  Style style = Style::plain);
	// The rows of another frame, below.
	void append(const Frame& below);

	// Plain text: a line a row, without trailing blanks.
	[[nodiscard]] std::string text() const;

private:
	[[nodiscard]] size_t room_left() const { return width_ - rows_.back().size(); }

	size_t width_;
	std::vector<Row> rows_;
};

}  // namespace asynclat
