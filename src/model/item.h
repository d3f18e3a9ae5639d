// One item that waited long.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "asynclat/abi.h"
#include "model/submitter.h"

namespace asynclat {

// What kept an item waiting.
struct Blocker {
	al_blocker_kind kind = AL_BLOCKED_BY_ITEM;
	std::string function;  // of an item; an address where symbols are hidden
	std::string thread;    // that ran it, or the task
	uint32_t tid = 0;
	uint64_t ran_ns = 0;             // meanwhile, at least
	uint32_t max_active = 0;         // of the workqueue, where that held the item back; else 0
	uint32_t policy = 0;             // of the task: as the kernel numbers them
	uint32_t priority = 0;           // of a real-time task
	uint32_t number = 0;             // of the softirq's vector; of the interrupt, 0: not known
	std::string at;                  // irqs_off: where they came on, `name+0x1c`, `user mode`
	al_target target{};              // what the task did that was to run the item
	std::vector<std::string> stack;  // of the kernel when the task left the CPU, innermost first

	// "FIFO", "NET_RX"; the number where it is a new one.
	[[nodiscard]] std::string policy_name() const;
	[[nodiscard]] std::string vector_name() const;
	[[nodiscard]] std::string target_name() const;
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

	std::optional<Blocker> blocker;      // absent: not known
	std::optional<Submitter> submitter;  // absent: not known, or not asked for
	std::vector<std::string> stack;      // of the kernel when it was queued, innermost first

	[[nodiscard]] uint64_t started_mono_ns() const { return begun_mono_ns + wait_ns; }
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
