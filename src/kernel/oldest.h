// Finds the items of one object that have waited, or run, for longest.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernel/bpf_object.h"
#include "kernel/pending_table.h"
#include "kernel/request.h"
#include "model/waiting_item.h"

namespace asynclat {

class Oldest {
public:
	using FunctionName = std::function<std::string(uint64_t address)>;

	// `mechanisms`: a bit each, of those that are measured; `first` is the first of the family.
	Oldest(BpfObject& object, const PendingTable& table, al_mechanism first, uint32_t mechanisms);

	// Those that have waited or run for `request.oldest_min_ns` or longer at `now_ns`, on
	// workqueues that it wants: at most AL_TELL_ITEMS, longest first. That they still do is asked
	// in the kernel, and so are their names.
	Result<std::vector<WaitingItem>> find(uint64_t now_ns, const Request& request,
										  const FunctionName& function_name);

private:
	struct Candidate {
		WaitingItem item;
		uint64_t function = 0;
		uint64_t key = 0, stamp = 0, owner = 0;  // as al_told has them
	};
	// Where it waits and since when; not at all where that is by design (a deferrable timer, a lazy
	// irq_work), or where workqueue's books have it.
	[[nodiscard]] bool place(Candidate& candidate, const al_item& item) const;
	[[nodiscard]] std::vector<Candidate> candidates(uint64_t now_ns, uint64_t min_age_ns) const;
	[[nodiscard]] bool measures(al_mechanism m) const { return mechanisms_ >> m & 1; }

	BpfObject& object_;
	const PendingTable& table_;
	al_mechanism first_;
	uint32_t mechanisms_;
	Mapping workers_, tell_;
};

}  // namespace asynclat
