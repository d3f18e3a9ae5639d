#include "kernel/pending_table.h"

#include <bpf/bpf.h>

namespace asynclat {

void PendingTable::each_overflowed(
	const std::function<void(uint64_t, uint64_t, const al_item&)>& call) const {
	uint64_t key = 0, next = 0;
	al_overflow entry{};
	for (bool more = !bpf_map_get_next_key(overflow_fd_, nullptr, &next); more;
		 more = !bpf_map_get_next_key(overflow_fd_, &key, &next)) {
		key = next;
		if (!bpf_map_lookup_elem(overflow_fd_, &key, &entry) && entry.stamp > AL_STAMP_BUSY)
			call(key, entry.stamp, entry.item);
	}
}

}  // namespace asynclat
