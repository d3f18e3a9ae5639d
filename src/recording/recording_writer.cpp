#include "recording/recording_writer.h"

#include "recording/blocks.h"
#include "recording/description_block.h"

namespace asynclat {

using namespace recording;

std::string RecordingWriter::start(const Description& description, std::string_view host) {
	intervals_.emplace(description);
	return file_header() + block(BlockKind::description, description_body(description, host));
}

std::string RecordingWriter::interval(const Interval& interval) {
	return block(BlockKind::interval, intervals_->body(interval));
}

std::string RecordingWriter::end(std::string_view reason) {
	std::vector<ColumnWriter> columns(1);
	columns.front().put(reason);
	return block(BlockKind::end, deflated(columns));
}

}  // namespace asynclat
