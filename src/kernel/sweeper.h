// Finds cancelled items, which nothing traces: the kernel clears an item's PENDING bit when it is
// cancelled, so an entry whose item shows it clear twice, some time apart, will never start.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/result.h"
#include "kernel/bpf_object.h"
#include "kernel/pending_table.h"

namespace asynclat {

// Items now in the tables, by al_ledger.
struct InFlight {
	uint64_t pending[AL_LEDGERS] = {};
	uint64_t running[AL_LEDGERS] = {};
};

class Sweeper {
public:
	Sweeper(BpfObject& object, const PendingTable& table);

	// One round: looks at every entry pending for `min_age_ns` or longer at `now_ns`, and takes out
	// those that the round before found not pending as well. Rounds must be further apart than a
	// start takes from clearing the bit to its tracepoint (a preempted worker: seconds at worst).
	// Returns how many entries wait for the next round's word.
	Result<uint64_t> round(uint64_t now_ns, uint64_t min_age_ns);
	// The next round is the first one: what rounds before it found does not count.
	void begin_anew() { suspects_.clear(); }

	// Counts what is in the tables; exact once the programs are detached. `first` is the first
	// mechanism of the object's family.
	[[nodiscard]] InFlight count(al_mechanism first) const;

private:
	struct Candidate {
		uint64_t key;
		uint64_t stamp;
		bool operator<(const Candidate& o) const {
			return key != o.key ? key < o.key : stamp < o.stamp;
		}
	};
	// Runs the sweep program over candidates; returns the verdict of each.
	Result<std::vector<uint8_t>> look(const std::vector<Candidate>& candidates, bool expire);

	BpfObject& object_;
	const PendingTable& table_;
	Mapping workers_, sweep_;
	std::vector<Candidate> suspects_;  // sorted
};

}  // namespace asynclat
