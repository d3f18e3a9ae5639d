#include "recording/blocks.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace asynclat::recording {
namespace {

void put_little(std::string& out, uint64_t value, size_t bytes) {
	for (size_t i = 0; i < bytes; i++) out += static_cast<char>(value >> (8 * i));
}

uint32_t little(std::string_view bytes) {
	uint32_t value = 0;
	for (size_t i = 0; i < bytes.size(); i++)
		value |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
	return value;
}

uint32_t checksum(std::string_view head, std::string_view body) {
	const auto add = [](uLong sum, std::string_view bytes) {
		return crc32(sum, reinterpret_cast<const Bytef*>(bytes.data()),
					 static_cast<uInt>(bytes.size()));
	};
	return static_cast<uint32_t>(add(add(0, head), body));
}

constexpr size_t kSumAt = 5;  // in a block's header: behind kind and length

}  // namespace

std::string at_byte(uint64_t offset) { return fmt::format("at byte {}", offset); }

std::string file_header() {
	std::string bytes(kMagic);
	put_little(bytes, kMajor, 2);
	put_little(bytes, kMinor, 2);
	return bytes;
}

std::string block(BlockKind kind, std::string_view body) {
	std::string bytes(1, static_cast<char>(kind));
	put_little(bytes, body.size(), 4);
	put_little(bytes, checksum(bytes, body), 4);
	return bytes.append(body);
}

BlockReader::BlockReader(BlockReader&& other) noexcept
	: fd_(std::exchange(other.fd_, -1)), interrupt_(other.interrupt_), offset_(other.offset_) {}

BlockReader::~BlockReader() {
	if (fd_ >= 0) close(fd_);
}

Result<std::string> BlockReader::take(size_t bytes) {
	// A length may lie: memory is taken as the bytes come.
	constexpr size_t kPiece = 1U << 20;
	std::string taken;
	while (taken.size() < bytes) {
		pollfd watched[] = {{fd_, POLLIN, 0}, {interrupt_, POLLIN, 0}};
		if (poll(watched, 2, -1) > 0 && watched[1].revents) break;
		const size_t before = taken.size();
		taken.resize(before + std::min(kPiece, bytes - before));
		const ssize_t got = read(fd_, taken.data() + before, taken.size() - before);
		taken.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
		if (got == 0) break;
		if (got < 0 && errno != EINTR)
			return Error{.what = "cannot read the recording", .evidence = std::strerror(errno)};
		offset_ += taken.size() - before;
	}
	return taken;
}

Status BlockReader::read_file_header() {
	const auto header = take(kFileHeaderBytes);
	if (!header) return header.error();
	if (header->empty()) return Error{.what = "the recording is empty"};
	if (!header->starts_with(kMagic.substr(0, header->size())))
		return Error{.what = "this is no recording of asynclat",
					 .hint = "asynclat record FILE makes one"};
	if (header->size() < kFileHeaderBytes)
		return Error{.what = "the recording is cut off", .evidence = at_byte(offset_)};
	const uint32_t major = little(std::string_view(*header).substr(kMagic.size(), 2));
	if (major > kMajor)
		return Error{
			.what = "the recording is of a newer asynclat",
			.evidence = fmt::format("its format is {}, this build reads up to {}", major, kMajor),
			.hint = "replay it with the asynclat that made it, or a newer one"};
	if (major == 0) return Error{.what = "the recording is damaged", .evidence = at_byte(8)};
	return Nothing{};
}

Result<std::optional<Block>> BlockReader::next() {
	Block block{.offset = offset_};
	const auto header = take(kBlockHeaderBytes);
	if (!header) return header.error();
	if (header->empty()) return std::optional<Block>{};
	const Error cut{.what = "the recording is cut off",
					.evidence = fmt::format("its last whole block ends {}", at_byte(block.offset))};
	const Error damaged{.what = "the recording is damaged", .evidence = at_byte(block.offset)};
	if (header->size() < kBlockHeaderBytes) return cut;
	const std::string_view head(*header);
	const uint32_t length = little(head.substr(1, 4));
	if (length > kMostBodyBytes) return damaged;
	auto body = take(length);
	if (!body) return body.error();
	if (body->size() < length) return cut;
	if (checksum(head.substr(0, kSumAt), *body) != little(head.substr(kSumAt, 4))) return damaged;
	block.kind = static_cast<BlockKind>(head.front());
	block.body = std::move(*body);
	return std::optional(std::move(block));
}

}  // namespace asynclat::recording
