// What a view is given: one interval, the ones before it, and what of it to show in which room.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/history.h"
#include "model/snapshot.h"
#include "model/topology.h"
#include "view/frame.h"

namespace asynclat {

// By what histograms are split. By CPU every stage is; the other rows exist for the headline stage
// only, so the other stages are shown whole.
enum class SplitBy { nothing, cpu, function, workqueue, pool, item_class };

enum class TopSort { total, count, p50, p99, max, name };

struct ViewOptions {
	int width = 80;
	int height = 24;  // rows that a view has; only hist takes more
	SplitBy split_by = SplitBy::nothing;
	std::optional<CpuGroup> group_by;  // absent: as many CPUs ask for
	std::vector<uint32_t> cpus;        // only these; empty: all
	TopSort sort = TopSort::total;
	size_t first_row = 0;     // of those that scroll; 0: not scrolled
	size_t moments_back = 0;  // left out at the newest end
	bool whole_run =
		false;            // the interval is all of it; over time all of it is to be in the picture
	bool opened = false;  // these CPUs alone, of more that are measured
	bool nanoseconds = false;
};

struct Scene {
	const Interval& interval;
	const Description& description;
	const History& history;
	Subject subject;
	ViewOptions options;

	[[nodiscard]] const MechanismData* data() const;
	[[nodiscard]] const StageData* stage() const;  // null: nothing of it yet
	// Of the CPUs looked at; null has none.
	[[nodiscard]] Histogram histogram_of(const StageData* stage) const;
	// "CPU 3", "CPUs 8-15"; empty: all are looked at.
	[[nodiscard]] std::string cpus_text() const;
	[[nodiscard]] const Books* books() const;  // of the stage where it has its own
	[[nodiscard]] uint64_t lost() const;
};

// "workqueue wait", "delayed_work late, deferrable"
std::string name_of(const Subject& subject);

// The row above a view: as much of it as there is room for, the subject and the count first.
// `window_ns`: what it is of, where that is not the interval.
Frame title_row(const Scene& scene, const std::vector<std::string>& about, uint64_t count,
				std::optional<uint64_t> window_ns = std::nullopt);

// One row of the books, and what was lost in it always.
Frame books_row(const Scene& scene);

}  // namespace asynclat
