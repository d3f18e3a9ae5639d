// What the user wants measured; the plan and the BPF config are computed from it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "asynclat/abi.h"
#include "catalog/mechanism.h"
#include "kernel/cgroups.h"

namespace asynclat {

struct Request {
	// Empty: all that this kernel offers, and what it lacks is no error.
	std::vector<al_mechanism> mechanisms;
	// Empty: each mechanism's defaults. A stage of a mechanism that is not asked for is ignored.
	std::set<al_stage> stages;
	std::set<HookKind> hook_kinds;           // empty: any
	std::vector<uint32_t> cpus;              // only items that start there; empty: all
	std::vector<std::string> functions;      // globs; "!glob" leaves out; empty: all
	std::string workqueue;                   // glob; empty: all
	std::optional<uint64_t> min_ns;          // items whose headline took that long, one by one
	bool runs = false;                       // and the runs of these, and all that take so long
	uint64_t oldest_min_ns = 1'000'000'000;  // how old the oldest items are at least
	bool submitters = false;                 // tell who queued an item that is told
	bool stacks = false;                     // and from where
	std::optional<uint32_t> pid;             // only items that this process queues
	std::optional<Cgroup> cgroup;            // only items queued from within it
	bool pools = false;                      // collect rows by pool
	std::optional<uint64_t>
		max_entries;  // pending items held a mechanism; absent: as the catalog says

	[[nodiscard]] bool filters_submitters() const { return pid || cgroup; }
	// By what only an item has: not what counts in a stage of its own.
	[[nodiscard]] bool filters_items() const { return !functions.empty() || filters_submitters(); }
};

}  // namespace asynclat
