// The seam between measuring and showing: a live session, a recording or a test's fake.
#pragma once

#include <vector>

#include "base/result.h"
#include "model/item.h"
#include "model/run.h"
#include "model/snapshot.h"

namespace asynclat {

class Source {
public:
	virtual ~Source() = default;
	// What is measured; valid and constant as long as the source lives.
	[[nodiscard]] virtual const Description& description() const = 0;
	// Housekeeping, wanted once a second however rare the readings are.
	virtual Status tend() { return Nothing{}; }
	// Items that waited for --min or longer, since the last call.
	virtual std::vector<Item> take_items() { return {}; }
	// Runs that were asked for, as of the last look at the items.
	virtual std::vector<Run> take_runs() { return {}; }
	// All counters now; extremes are those since the previous read.
	virtual Result<Snapshot> read() = 0;
	// Stops measuring and reads for the last time: nothing is in flight any more, so pending and
	// running are counted in the tables and the books are exact.
	virtual Result<Snapshot> finish() = 0;
};

}  // namespace asynclat
