// The blocks of a recording's file, whatever is in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "recording/format.h"

namespace asynclat::recording {

std::string file_header();
std::string block(BlockKind kind, std::string_view body);

struct Block {
	BlockKind kind{};
	std::string body;
	uint64_t offset = 0;  // of the block in the file
};

// Reads on from a descriptor, which may be a pipe, and never holds more than one block.
class BlockReader {
public:
	// Takes the descriptor over. Where `interrupt` becomes readable, -1 for none, the file ends.
	explicit BlockReader(int fd, int interrupt = -1) : fd_(fd), interrupt_(interrupt) {}
	BlockReader(BlockReader&& other) noexcept;
	BlockReader& operator=(BlockReader&&) = delete;
	BlockReader(const BlockReader&) = delete;
	BlockReader& operator=(const BlockReader&) = delete;
	~BlockReader();

	// An error where this is no recording, or one that this build cannot read.
	Status read_file_header();
	// The next block with a right checksum; absent: the file ends here, between two blocks.
	Result<std::optional<Block>> next();
	[[nodiscard]] uint64_t offset() const { return offset_; }

private:
	// Up to that many bytes; fewer only at the end of the file.
	Result<std::string> take(size_t bytes);

	int fd_;
	int interrupt_;
	uint64_t offset_ = 0;
};

// How an error tells where.
std::string at_byte(uint64_t offset);

}  // namespace asynclat::recording
