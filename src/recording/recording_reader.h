// Reads a recording on and on, one interval at a time. What was written whole is read, whatever
// comes behind it.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "model/snapshot.h"
#include "recording/blocks.h"
#include "recording/interval_block.h"
#include "recording/item_block.h"

namespace asynclat {

class RecordingReader {
public:
	// Takes the descriptor over; `interrupt` as for BlockReader. Fails where there is not even a
	// description.
	static Result<RecordingReader> open(int fd, int interrupt = -1);

	[[nodiscard]] const std::string& host() const { return host_; }
	[[nodiscard]] const Description& description() const { return description_; }

	// Absent: the run ended here. An error names the byte from which on nothing can be read.
	Result<std::optional<Interval>> next();
	// Items and runs that stood before the intervals read since the last call.
	recording::ItemsRead take_items() { return std::exchange(items_, {}); }
	// Why the run ended; empty as long as that was not read.
	[[nodiscard]] const std::string& reason() const { return reason_; }
	// Something follows that: another recording perhaps.
	[[nodiscard]] bool has_more() const { return has_more_; }

private:
	RecordingReader(recording::BlockReader blocks, std::string host, Description description,
					recording::CatalogNames names);

	recording::BlockReader blocks_;
	std::string host_;
	Description description_;
	recording::CatalogNames names_;
	recording::IntervalReader intervals_;
	recording::ItemsRead items_;
	std::string reason_;
	bool has_more_ = false;
};

}  // namespace asynclat
