// Writes a recording, as bytes to append to a file. Each piece is whole blocks: what is in the file
// after a piece was written can be read, whatever comes later.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/item.h"
#include "model/run.h"
#include "model/snapshot.h"
#include "recording/interval_block.h"

namespace asynclat {

class RecordingWriter {
public:
	// First, and once.
	std::string start(const Description& description, std::string_view host);
	std::string interval(const Interval& interval);
	// Of the interval that is written next, in as many blocks as it takes.
	static std::string items(std::span<const Item> items);
	static std::string runs(std::span<const Run> runs);
	// `reason` is the word that JSON has for why the run ended.
	static std::string end(std::string_view reason);

private:
	std::optional<recording::IntervalWriter> intervals_;
};

}  // namespace asynclat
