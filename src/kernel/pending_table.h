// The pending table of one object, as its programs write it: items between their first and their
// last point.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>

#include "kernel/bpf_object.h"

namespace asynclat {

class PendingTable {
public:
	explicit PendingTable(const BpfObject& object)
		: overflow_fd_(object.map_fd("overflow")),
		  pending_(object.map("pending", false)),
		  items_(object.map("items", false)),
		  spill_(object.map(".data.spill", false)) {}

	// Calls back with (key, stamp, item) for every live entry. The item may change meanwhile.
	void each_entry(auto&& call) const {
		const auto sets = pending_.as<al_set>();
		const auto items = items_.as<al_item>();
		for (size_t s = 0; s < sets.size(); s++)
			for (size_t w = 0; w < AL_WAYS; w++) {
				const uint64_t stamp = std::atomic_ref(sets[s].way[w].stamp).load();
				if (stamp > AL_STAMP_BUSY) call(sets[s].way[w].key, stamp, items[s * AL_WAYS + w]);
			}
		const auto spilled = spill_.as<uint64_t>();
		if (std::all_of(spilled.begin(), spilled.end(), [](uint64_t n) { return n == 0; })) return;
		each_overflowed(call);
	}

private:
	void each_overflowed(const std::function<void(uint64_t, uint64_t, const al_item&)>& call) const;

	int overflow_fd_;
	Mapping pending_, items_, spill_;
};

}  // namespace asynclat
