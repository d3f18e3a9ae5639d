// One item that waited long.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "asynclat/abi.h"

namespace asynclat {

// What ran while an item waited, and kept it waiting.
struct Blocker {
	std::string function;  // an address where symbols are hidden
	std::string thread;    // that ran it
	uint32_t tid = 0;
	uint64_t ran_ns = 0;      // meanwhile
	uint32_t max_active = 0;  // of the workqueue, where that held the item back; else 0
};

struct Item {
	al_mechanism mechanism{};
	al_class item_class{};
	uint64_t begun_mono_ns = 0;  // of its headline, as `wait_ns` is
	uint64_t wait_ns = 0;
	uint32_t cpu = 0;      // where it started
	std::string function;  // an address where symbols are hidden
	std::string queue;     // its workqueue, or the worker's thread; empty: has none
	// Those that it had, in the order of their coming; they sum to its wait. Empty: not split.
	std::vector<std::pair<al_stage, uint64_t>> stages;

	std::optional<Blocker> blocker;  // absent: not known

	// The stage with the largest share, and that share; the item must be split.
	[[nodiscard]] std::pair<al_stage, double> owner() const {
		auto largest = stages.front();
		for (const auto& part : stages)
			if (part.second > largest.second) largest = part;
		return {largest.first,
				wait_ns ? static_cast<double>(largest.second) / static_cast<double>(wait_ns) : 1};
	}
};

}  // namespace asynclat
