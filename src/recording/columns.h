// Numbers and texts in columns, and back. A body of a block is these columns, deflated.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace asynclat::recording {

class ColumnWriter {
public:
	void put(uint64_t value);
	// Values near zero on both sides are short.
	void put_signed(int64_t value);
	// `value` less what the reader will expect too; wraps around.
	void put_beside(uint64_t value, uint64_t expected) {
		put_signed(static_cast<int64_t>(value - expected));
	}
	void put(std::string_view text);
	[[nodiscard]] const std::string& bytes() const { return bytes_; }

private:
	std::string bytes_;
};

// Reading beyond the end, or what is no number, gives zeros and is remembered: check failed()
// before what was read is used for anything but reading on.
class ColumnReader {
public:
	explicit ColumnReader(std::string_view bytes = {}) : left_(bytes) {}

	uint64_t get();
	int64_t get_signed();
	uint64_t get_beside(uint64_t expected) {
		return expected + static_cast<uint64_t>(get_signed());
	}
	std::string text();
	// A number that must be below `end`; another one is a failure, and 0.
	uint64_t below(uint64_t end);
	// How many things follow that take a byte at least; more than can be there is a failure, and 0.
	size_t count(size_t most);

	void fail() { failed_ = true; }
	[[nodiscard]] bool failed() const { return failed_; }
	[[nodiscard]] size_t left() const { return left_.size(); }

private:
	std::string_view left_;
	bool failed_ = false;
};

std::string deflated(const std::vector<ColumnWriter>& columns);
// What is no columns yet, or no more.
std::string deflated(std::string_view bytes);

// Takes a body apart. The columns read from memory that this owns.
class Columns {
public:
	// At least `known` columns: those that are not there are empty.
	static Result<Columns> inflate(std::string_view body, size_t known);

	ColumnReader& operator[](size_t column) { return columns_[column]; }
	[[nodiscard]] bool failed() const;
	// As inflated, whatever has been read.
	[[nodiscard]] std::string_view bytes() const { return {bytes_.data(), bytes_.size()}; }

private:
	std::vector<char> bytes_;
	std::vector<ColumnReader> columns_;
};

}  // namespace asynclat::recording
