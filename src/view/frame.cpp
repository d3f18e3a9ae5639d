#include "view/frame.h"

#include <fmt/format.h>

#include <algorithm>

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
	for (const char c : printable(text)) rows_.back().push_back({std::string(1, c), style});
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

std::string Frame::text() const {
	std::string out;
	for (const Row& row : rows_) {
		std::string line;
		for (const Cell& cell : row) line += cell.text;
		line.erase(line.find_last_not_of(' ') + 1);
		out += line + "\n";
	}
	return out;
}

}  // namespace asynclat
