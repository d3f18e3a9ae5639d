#include "view/frame.h"

#include <fmt/format.h>

#include <algorithm>

#include "view/paint.h"

namespace asynclat {
namespace {

std::string printable(std::string_view text) {
	std::string out;
	for (const char c : text) {
		if (c >= ' ' && c <= '~')
			out += c;
		else
			out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
	}
	return out;
}

}  // namespace

Frame::Frame(int width) : width_(static_cast<size_t>(std::max(width, 1))) {}

void Frame::put(std::string_view text, Style style) {
	if (rows_.empty()) new_row();
	for (const char c : printable(text)) rows_.back().push_back({static_cast<char32_t>(c), style});
}

void Frame::put_glyph(char32_t glyph, size_t times, Style style, unsigned step) {
	if (rows_.empty()) new_row();
	rows_.back().insert(rows_.back().end(), times, {glyph, style, static_cast<uint8_t>(step)});
}

void Frame::put_shade(unsigned step, size_t times) {
	step = std::min(step, kSteps);
	const auto glyph = static_cast<char32_t>(kShades[step]);
	put_glyph(glyph, times, step ? Style::shade : Style::plain, step);
}

void Frame::pad_to(size_t column) {
	const size_t at = rows_.empty() ? 0 : rows_.back().size();
	if (column > at) put_blanks(column - at);
}

void Frame::put_within(std::string_view text, size_t columns, Style style) {
	std::string shown = printable(text);
	if (shown.size() > columns) {
		shown.resize(columns);
		if (columns) shown.back() = '~';
	}
	put(shown, style);
}

void Frame::row_of(const std::vector<std::string>& words, std::string_view gap, Style style) {
	new_row();
	for (const std::string& word : words) {
		const std::string shown = printable(word);
		const size_t before = rows_.back().empty() ? 0 : gap.size();
		if (shown.empty() || before + shown.size() > room_left()) continue;
		if (before) put(gap, style);
		put(shown, style);
	}
}

size_t Frame::room_left() const {
	const size_t taken = rows_.empty() ? 0 : rows_.back().size();
	return taken < width_ ? width_ - taken : 0;
}

void Frame::flow(const std::vector<std::string>& words, std::string_view gap, Indent indent,
				 Style style) {
	const auto begin_row = [&](size_t blanks) {
		new_row();
		put(std::string(std::min(blanks, width_ - 1), ' '));
	};
	begin_row(indent.first);
	for (size_t i = 0; i < words.size(); i++) {
		std::string word = printable(words[i]);
		if (i > 0 && rows_.back().size() + gap.size() + word.size() <= width_)
			put(gap, style);
		else if (i > 0)
			begin_row(indent.rest);
		for (size_t room = room_left(); word.size() > room; room = room_left()) {
			const size_t blank = word.rfind(' ', room);
			put(std::string_view(word).substr(0, std::min(blank, room)), style);
			word.erase(0, blank == std::string::npos ? room : blank + 1);
			begin_row(indent.rest);
		}
		put(word, style);
	}
}

void Frame::append(const Frame& below) {
	rows_.insert(rows_.end(), below.rows_.begin(), below.rows_.end());
}

void Frame::crop(size_t rows) {
	rows_.resize(std::min(rows, rows_.size()));
	for (Row& row : rows_) row.resize(std::min(row.size(), width_));
}

std::string Frame::text() const { return painted(*this, {}); }

}  // namespace asynclat
