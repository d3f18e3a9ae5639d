// The last of what comes: no older than a span, and no more than some bytes hold.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace asynclat {

template <typename T>
class Kept {
public:
	struct Entry {
		T thing;
		uint64_t at_ns = 0;
		uint64_t bytes = 0;
	};

	Kept(uint64_t span_ns, uint64_t most_bytes) : span_ns_(span_ns), most_bytes_(most_bytes) {}

	// In the order of time, as nearly as it is known. `bytes`: what it takes besides an Entry.
	void add(T thing, uint64_t at_ns, uint64_t bytes) {
		entries_.push_back({std::move(thing), at_ns, sizeof(Entry) + bytes});
		bytes_ += entries_.back().bytes;
	}

	// The oldest, if it is too old or there is no room for all. To be called until there is none;
	// the newest stays, however large it is.
	std::optional<T> leave(uint64_t now_ns) {
		if (thrown_at_ns_ + span_ns_ < now_ns) thrown_away_ = 0;
		if (entries_.empty()) return std::nullopt;
		Entry& oldest = entries_.front();
		const bool old = oldest.at_ns + span_ns_ < now_ns;
		if (!old && (bytes_ <= most_bytes_ || entries_.size() == 1)) return std::nullopt;
		if (!old) {
			thrown_away_++;
			thrown_at_ns_ = oldest.at_ns;
		}
		T thing = std::move(oldest.thing);
		bytes_ -= oldest.bytes;
		entries_.pop_front();
		return thing;
	}

	[[nodiscard]] const std::deque<Entry>& entries() const { return entries_; }
	[[nodiscard]] uint64_t bytes() const { return bytes_; }
	// For want of room, not all of them older than the span by now.
	[[nodiscard]] uint64_t thrown_away() const { return thrown_away_; }

private:
	uint64_t span_ns_, most_bytes_;
	uint64_t bytes_ = 0, thrown_away_ = 0, thrown_at_ns_ = 0;
	std::deque<Entry> entries_;
};

}  // namespace asynclat
