// All counters at one instant, and what came between two instants. Nothing that reads these knows
// that BPF exists: a live session, a recording and a test's fake all give the same.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asynclat/abi.h"
#include "model/books.h"
#include "model/histogram.h"
#include "model/topology.h"
#include "model/waiting_item.h"

namespace asynclat {

// One stage of one class: a histogram a CPU, in the order of Description::cpus.
struct StageData {
	al_stage stage{};
	al_class item_class{};
	std::vector<Histogram> cpus;
	std::optional<Books>
		books;  // of a stage that counts items of its own; its plain class has them

	[[nodiscard]] Histogram all_cpus() const;
};

// Name of the row that holds what found no row of its own.
inline constexpr std::string_view kOtherGroup = "other";

// One stage of one function, workqueue, pool or thread, by kind. Rows of one kind and name are one
// group.
struct GroupData {
	al_group_kind kind{};
	std::string name;
	Histogram histogram;
};

struct MechanismData {
	al_mechanism mechanism{};
	std::vector<StageData> stages;
	std::vector<GroupData> groups;
	Books books;

	[[nodiscard]] const StageData* stage(al_stage stage,
										 al_class item_class = AL_CLASS_PLAIN) const;
	// A stage's histograms of all classes.
	[[nodiscard]] Histogram all_classes(al_stage stage) const;
	// Items in the headline histograms of all classes.
	[[nodiscard]] uint64_t headline_count() const;
};

// What measuring cost so far, or in an interval.
struct Overhead {
	uint64_t events = 0;     // program runs that the books count
	uint64_t cpu_ns = 0;     // CPU time of user space
	uint64_t rss_bytes = 0;  // now
};

// Counters since the start. The extremes in it are those since the reading before.
struct Snapshot {
	uint64_t mono_ns = 0;
	uint64_t wall_ns = 0;  // since the epoch; labels only
	std::vector<MechanismData> mechanisms;
	std::vector<WaitingItem> oldest;  // those that have waited or run for longest, longest first
	Overhead overhead;

	[[nodiscard]] const MechanismData* find(al_mechanism mechanism) const;
};

// What came in `length_ns` up to `data.mono_ns`.
struct Interval {
	uint64_t length_ns = 0;
	Snapshot data;
};

// `later` minus `earlier`; both must come from one source. The extremes and the oldest items are
// those of `later`.
Interval difference(const Snapshot& earlier, const Snapshot& later);

// Adds `next` to a total that began empty or with an earlier interval of the same source.
void accumulate(Interval& total, const Interval& next);

// What is being measured; constant while a source lives.
struct MechanismInfo {
	al_mechanism mechanism{};
	std::map<std::string, std::string> hooks;        // point -> "tp_btf:workqueue_queue_work"
	std::vector<al_stage> stages;                    // collected
	std::map<std::string, std::string> unavailable;  // stage asked for but not collectable -> why
};

struct Description {
	std::string version;  // of asynclat
	std::string kernel;   // release
	uint64_t start_mono_ns = 0;
	uint64_t start_wall_ns = 0;
	uint64_t map_bytes = 0;      // resident kernel memory of the maps
	std::vector<uint32_t> cpus;  // possible CPUs
	Topology topology;           // where they are
	std::vector<MechanismInfo> mechanisms;
	std::vector<std::string> notes;  // what cannot be measured and why, for people

	// Null: it is not measured.
	[[nodiscard]] const MechanismInfo* find(al_mechanism mechanism) const;
};

// A stage's items that started on these CPUs, in ascending order; of an empty list, on any.
Histogram on_cpus(const StageData& stage, const Description& description,
				  const std::vector<uint32_t>& cpus);

}  // namespace asynclat
