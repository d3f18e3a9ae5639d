// The BPF side's config and map sizes, computed from plan, request and facts: pure, and tested.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "asynclat/abi.h"
#include "kernel/facts.h"
#include "kernel/plan.h"
#include "kernel/request.h"

namespace asynclat {

// Entries of the maps whose size depends on the host or the request.
struct MapSizes {
	uint32_t books = 1;
	uint32_t rows = 1;
	uint32_t groups = 1;
	uint32_t pending = 1;  // sets
	uint32_t items = 1;
	uint32_t overflow = 1;
	uint32_t workers = 1;
	uint32_t functions = 1;
	uint32_t outliers = 0;  // bytes; without any the map is not made
	uint32_t recent = 0;    // pools and workqueues whose last runs are remembered, or no map
	uint32_t kickers = 0;   // worker slots whose waker is remembered, or no map
	uint32_t held = 0;      // a CPU's: what ran there, or no map
	uint32_t blamed = 0;    // a CPU's: the blockers that were found, by who asked, or no map
	uint32_t frames = 0;    // a CPU's: the stack that was looked at, or no map
	uint32_t late = 0;      // as many late timers are remembered as worker slots, or no map
	uint32_t notes = 0;     // of who queued an item, or no map
	uint32_t stacks = 0;    // of the kernel, that differ, or no map
};

struct BpfConfig {
	al_config config{};
	bool cas = true;  // which build of the object: this kernel's programs may compare and swap
	MapSizes sizes;
};

// Makes room for what only --min, --submitter and --stack need, or none; after these fields of the
// config have changed.
void size_for_details(BpfConfig& c);

// For what of a plan runs in one object. `possible_cpus` is the largest possible CPU number plus
// one.
BpfConfig make_bpf_config(std::span<const MechanismPlan> part, const Request& request,
						  const Facts& facts, uint32_t possible_cpus);

}  // namespace asynclat
