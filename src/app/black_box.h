// The last seconds of a run, in memory: its intervals, and the items and runs that were told one by
// one. What came before is kept as one interval, so that the books hold.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "app/report.h"
#include "base/result.h"
#include "model/item.h"
#include "model/kept.h"
#include "model/run.h"
#include "model/snapshot.h"

namespace asynclat {

inline constexpr uint64_t kDumpSpanNs = 10'000'000'000;

// The last interval is kept however large it is.
struct BlackBoxRoom {
	uint64_t items_bytes = 16U << 20;
	uint64_t runs_bytes = 8U << 20;
	uint64_t intervals_bytes = 16U << 20;

	[[nodiscard]] uint64_t bytes() const { return items_bytes + runs_bytes + intervals_bytes; }
};

class BlackBox {
public:
	explicit BlackBox(BlackBoxRoom room = {});

	// Of items and runs: what came since the last call, by now.
	void add(std::vector<Item> items, std::vector<Run> runs, uint64_t now_ns);
	void add(const Interval& interval);

	// Takes a piece of text; an error ends the telling.
	using Write = std::function<Status(std::string_view)>;
	// Tells all of it, in the order of time: items and runs before the interval in which they came.
	// There must be an interval. Nothing may be added meanwhile.
	Status tell(Report& report, const Description& description, std::string_view reason,
				const Write& write) const;

	[[nodiscard]] const Kept<Item>& items() const { return items_; }
	[[nodiscard]] const Kept<Run>& runs() const { return runs_; }
	[[nodiscard]] const Kept<Interval>& intervals() const { return intervals_; }

private:
	Kept<Item> items_;
	Kept<Run> runs_;
	Kept<Interval> intervals_;
	Interval before_;
};

}  // namespace asynclat
