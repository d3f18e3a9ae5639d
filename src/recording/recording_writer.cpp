#include "recording/recording_writer.h"

#include <algorithm>

#include "recording/blocks.h"
#include "recording/description_block.h"
#include "recording/item_block.h"

namespace asynclat {

using namespace recording;

std::string RecordingWriter::start(const Description& description, std::string_view host) {
	intervals_.emplace(description);
	return file_header() + block(BlockKind::description, description_body(description, host));
}

std::string RecordingWriter::interval(const Interval& interval) {
	return block(BlockKind::interval, intervals_->body(interval));
}

std::string RecordingWriter::items(std::span<const Item> items) {
	std::string bytes;
	for (; !items.empty(); items = items.subspan(std::min(items.size(), kMostItems)))
		bytes += block(BlockKind::items,
					   items_body(items.first(std::min(items.size(), kMostItems)), {}));
	return bytes;
}

std::string RecordingWriter::runs(std::span<const Run> runs) {
	std::string bytes;
	for (; !runs.empty(); runs = runs.subspan(std::min(runs.size(), kMostItems)))
		bytes +=
			block(BlockKind::items, items_body({}, runs.first(std::min(runs.size(), kMostItems))));
	return bytes;
}

std::string RecordingWriter::end(std::string_view reason) {
	std::vector<ColumnWriter> columns(1);
	columns.front().put(reason);
	return block(BlockKind::end, deflated(columns));
}

}  // namespace asynclat
