// A source whose items and runs are kept in a black box on their way.
#pragma once

#include <iterator>
#include <utility>
#include <vector>

#include "app/black_box.h"
#include "base/clock.h"
#include "recording/source.h"

namespace asynclat {

class KeepingSource : public Source {
public:
	// Both must outlive this. `shows`: the items are also handed on.
	KeepingSource(Source& source, BlackBox& box, bool shows)
		: source_(source), box_(box), shows_(shows) {}

	[[nodiscard]] const Description& description() const override { return source_.description(); }
	Status tend() override { return source_.tend(); }
	Result<Snapshot> read() override { return source_.read(); }
	Result<Snapshot> finish() override { return source_.finish(); }
	std::vector<Item> take_items() override {
		keep();
		return std::exchange(shown_, {});
	}

	// Takes what there is, so that the kernel has room again, and leaves the box alone.
	void fetch() {
		std::ranges::move(source_.take_items(), std::back_inserter(items_));
		std::ranges::move(source_.take_runs(), std::back_inserter(runs_));
	}
	// Into the box, all that came by now.
	void keep() {
		fetch();
		if (shows_) shown_.insert(shown_.end(), items_.begin(), items_.end());
		box_.add(std::exchange(items_, {}), std::exchange(runs_, {}), mono_ns());
	}

private:
	Source& source_;
	BlackBox& box_;
	bool shows_;
	std::vector<Item> items_, shown_;
	std::vector<Run> runs_;
};

}  // namespace asynclat
