// A recording as a source: each read gives the counters as of the end of the next interval.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "recording/recording_reader.h"
#include "recording/selection.h"
#include "recording/source.h"

namespace asynclat {

class Replay : public Source {
public:
	// Takes the descriptor over; `interrupt` as for BlockReader.
	static Result<std::unique_ptr<Replay>> open(int fd, Selection selection = {},
												int interrupt = -1);

	[[nodiscard]] const Description& description() const override { return description_; }
	// What is in the recording, also what was not selected.
	[[nodiscard]] const Description& recorded() const { return reader_.description(); }
	[[nodiscard]] const std::string& host() const { return reader_.host(); }

	// How long the next interval lasted; absent: there is none.
	[[nodiscard]] std::optional<uint64_t> next_length_ns() const;
	// The next interval is the last one: finish() is to read it.
	[[nodiscard]] bool at_last() const { return next_ && !after_next_; }
	[[nodiscard]] bool at_end() const { return !next_; }

	Result<Snapshot> read() override { return advance(); }
	std::vector<Item> take_items() override { return std::exchange(items_, {}); }
	std::vector<Run> take_runs() override { return std::exchange(runs_, {}); }
	Result<Snapshot> finish() override { return advance(); }

	// Once at_last(): why the run ended, in JSON's word, or "truncated".
	[[nodiscard]] std::string_view reason() const;
	// Why nothing can be read behind the last interval; absent: it is the end of the run.
	[[nodiscard]] const std::optional<Error>& damage() const { return damage_; }
	// Something follows the end of the run.
	[[nodiscard]] bool has_more() const { return reader_.has_more(); }
	// Intervals that lay before the one that they follow; they are left out.
	[[nodiscard]] uint64_t out_of_order() const { return out_of_order_; }

private:
	struct Fetched {
		Interval interval;
		recording::ItemsRead items;
	};

	Replay(RecordingReader reader, Selection selection);
	Result<Snapshot> advance();
	std::optional<Fetched> fetch();

	RecordingReader reader_;
	Selection selection_;
	Description description_;
	std::optional<Fetched> next_, after_next_;
	recording::ItemsRead left_over_;
	std::vector<Item> items_;
	std::vector<Run> runs_;
	Snapshot counters_;
	uint64_t latest_ns_ = 0;
	uint64_t out_of_order_ = 0;
	std::optional<Error> damage_;
};

}  // namespace asynclat
