#include "recording/recording_reader.h"

#include <fmt/format.h>

#include <utility>

#include "recording/description_block.h"

namespace asynclat {

using namespace recording;

namespace {

Error damaged(const Error& error, uint64_t offset) {
	return {.what = "the recording is damaged",
			.evidence = fmt::format("{}: {}", at_byte(offset), error.what)};
}

Result<std::string> read_reason(std::string_view body) {
	auto columns = Columns::inflate(body, 1);
	if (!columns) return columns.error();
	const std::string reason = (*columns)[0].text();
	if (columns->failed() || reason.empty()) return Error{.what = "its end is damaged"};
	return reason;
}

}  // namespace

RecordingReader::RecordingReader(BlockReader blocks, std::string host, Description description,
								 CatalogNames names)
	: blocks_(std::move(blocks)),
	  host_(std::move(host)),
	  description_(std::move(description)),
	  names_(std::move(names)),
	  intervals_(description_, names_) {}

Result<RecordingReader> RecordingReader::open(int fd, int interrupt) {
	BlockReader blocks(fd, interrupt);
	if (const Status fine = blocks.read_file_header(); !fine) return fine.error();
	const auto first = blocks.next();
	if (!first) return first.error();
	if (!*first)
		return Error{.what = "the recording is cut off", .evidence = at_byte(blocks.offset())};
	if ((*first)->kind != BlockKind::description)
		return damaged({.what = "it does not begin with its description"}, (*first)->offset);
	auto described = read_description((*first)->body);
	if (!described) return damaged(described.error(), (*first)->offset);
	return RecordingReader(std::move(blocks), std::move(described->host),
						   std::move(described->description), std::move(described->names));
}

Result<std::optional<Interval>> RecordingReader::next() {
	while (reason_.empty()) {
		const auto block = blocks_.next();
		if (!block) return block.error();
		if (!*block)
			return Error{.what = "the recording has no end: its writer was cut off",
						 .evidence = at_byte(blocks_.offset())};
		if ((*block)->kind == BlockKind::interval) {
			auto interval = intervals_.read((*block)->body);
			if (!interval) return damaged(interval.error(), (*block)->offset);
			return std::optional(std::move(*interval));
		}
		if ((*block)->kind == BlockKind::items) {
			const Status fine = read_items((*block)->body, names_, items_);
			if (!fine) return damaged(fine.error(), (*block)->offset);
		}
		if ((*block)->kind != BlockKind::end) continue;
		auto reason = read_reason((*block)->body);
		if (!reason) return damaged(reason.error(), (*block)->offset);
		reason_ = std::move(*reason);
		const auto behind = blocks_.next();
		has_more_ = !behind || behind->has_value();
	}
	return std::optional<Interval>{};
}

}  // namespace asynclat
