#include "recording/columns.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "recording/format.h"

namespace asynclat::recording {
namespace {

constexpr int kLevel = 6;
constexpr size_t kMostColumns = 256;

// deflate() in growing pieces. A column of some size gets a block, and so a code, of its own.
class Deflater {
public:
	Deflater() { deflateInit2(&stream_, kLevel, Z_DEFLATED, MAX_WBITS, MAX_MEM_LEVEL, Z_FILTERED); }
	~Deflater() { deflateEnd(&stream_); }
	Deflater(const Deflater&) = delete;
	Deflater& operator=(const Deflater&) = delete;

	void add(std::string_view bytes, int flush) {
		// zlib does not write to what it reads.
		stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
		stream_.avail_in = static_cast<uInt>(bytes.size());
		do {
			stream_.next_out = reinterpret_cast<Bytef*>(piece_.data());
			stream_.avail_out = static_cast<uInt>(piece_.size());
			deflate(&stream_, flush);
			out_.append(piece_.data(), piece_.size() - stream_.avail_out);
		} while (stream_.avail_out == 0);
	}
	std::string take() { return std::move(out_); }

private:
	z_stream stream_{};
	std::array<char, 16384> piece_{};
	std::string out_;
};

Result<std::vector<char>> inflated(std::string_view body) {
	std::vector<char> out;
	z_stream stream{};
	if (inflateInit(&stream) != Z_OK) return Error{.what = "cannot set up zlib"};
	stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
	stream.avail_in = static_cast<uInt>(body.size());
	int state = Z_OK;
	while (state == Z_OK && out.size() < kMostBodyBytes) {
		constexpr size_t kPiece = 65536;
		const size_t before = out.size();
		out.resize(before + kPiece);
		stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
		stream.avail_out = kPiece;
		state = inflate(&stream, Z_NO_FLUSH);
		out.resize(before + kPiece - stream.avail_out);
	}
	inflateEnd(&stream);
	if (state != Z_STREAM_END) return Error{.what = "the block does not inflate"};
	return out;
}

}  // namespace

void ColumnWriter::put(uint64_t value) {
	for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
	bytes_ += static_cast<char>(value);
}

void ColumnWriter::put_signed(int64_t value) {
	put((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
}

void ColumnWriter::put(std::string_view text) {
	text = text.substr(0, kMostTextBytes);
	put(text.size());
	bytes_ += text;
}

uint64_t ColumnReader::get() {
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 64 && !left_.empty(); shift += 7) {
		const auto byte = static_cast<unsigned char>(left_.front());
		left_.remove_prefix(1);
		value |= static_cast<uint64_t>(byte & 0x7f) << shift;
		if (byte < 0x80) return value;
	}
	failed_ = true;
	left_ = {};
	return 0;
}

int64_t ColumnReader::get_signed() {
	const uint64_t value = get();
	return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

std::string ColumnReader::text() {
	const size_t length = count(kMostTextBytes);
	std::string text(left_.substr(0, length));
	left_.remove_prefix(length);
	return text;
}

uint64_t ColumnReader::below(uint64_t end) {
	const uint64_t value = get();
	if (value < end) return value;
	failed_ = true;
	return 0;
}

size_t ColumnReader::count(size_t most) {
	// Of what is left behind the number itself.
	const uint64_t value = get();
	if (value <= std::min(most, left_.size())) return value;
	failed_ = true;
	return 0;
}

std::string deflated(const std::vector<ColumnWriter>& columns) {
	constexpr size_t kWorthACode = 512;
	ColumnWriter lengths;
	lengths.put(columns.size());
	for (const ColumnWriter& column : columns) lengths.put(column.bytes().size());
	Deflater deflater;
	deflater.add(lengths.bytes(), Z_NO_FLUSH);
	for (const ColumnWriter& column : columns)
		deflater.add(column.bytes(), column.bytes().size() < kWorthACode ? Z_NO_FLUSH : Z_BLOCK);
	deflater.add({}, Z_FINISH);
	return deflater.take();
}

std::string deflated(std::string_view bytes) {
	Deflater deflater;
	deflater.add(bytes, Z_FINISH);
	return deflater.take();
}

Result<Columns> Columns::inflate(std::string_view body, size_t known) {
	auto bytes = inflated(body);
	if (!bytes) return bytes.error();
	Columns columns;
	columns.bytes_ = std::move(*bytes);
	std::string_view left(columns.bytes_.data(), columns.bytes_.size());
	const Error cut{.what = "the block is shorter than its columns"};
	ColumnReader lengths(left);
	std::vector<uint64_t> sizes(lengths.count(kMostColumns));
	uint64_t total = 0;
	for (uint64_t& size : sizes) total += size = lengths.below(left.size() + 1);
	if (lengths.failed() || total > left.size()) return cut;
	left.remove_prefix(left.size() - lengths.left());
	if (total > left.size()) return cut;
	for (const uint64_t size : sizes) {
		columns.columns_.emplace_back(left.substr(0, size));
		left.remove_prefix(size);
	}
	columns.columns_.resize(std::max(known, columns.columns_.size()));
	return columns;
}

bool Columns::failed() const {
	return std::any_of(columns_.begin(), columns_.end(),
					   [](const ColumnReader& column) { return column.failed(); });
}

}  // namespace asynclat::recording
