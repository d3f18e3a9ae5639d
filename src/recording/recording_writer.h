// Writes a recording, as bytes to append to a file. Each piece is whole blocks: what is in the file
// after a piece was written can be read, whatever comes later.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/snapshot.h"
#include "recording/interval_block.h"

namespace asynclat {

class RecordingWriter {
public:
	// First, and once.
	std::string start(const Description& description, std::string_view host);
	std::string interval(const Interval& interval);
	// `reason` is the word that JSON has for why the run ended.
	static std::string end(std::string_view reason);

private:
	std::optional<recording::IntervalWriter> intervals_;
};

}  // namespace asynclat
