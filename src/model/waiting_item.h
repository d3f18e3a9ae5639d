// One item that has not come to its end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "asynclat/abi.h"
#include "model/submitter.h"

namespace asynclat {

struct WaitingItem {
	al_stage stage{};            // that it is in; `run` where it has started
	uint64_t since_mono_ns = 0;  // it was queued, or due, or started
	std::string function;        // an address where symbols are hidden
	std::string queue;           // its workqueue, worker or task; empty: has none
	std::string thread;          // that runs it; empty: none does
	uint32_t tid = 0;            // of that thread, or of the worker or task; 0: a workqueue's

	// As an Item's; of those that still wait.
	std::optional<Submitter> submitter;
	std::vector<std::string> stack;

	[[nodiscard]] uint64_t age_ns(uint64_t mono_ns) const {
		return mono_ns > since_mono_ns ? mono_ns - since_mono_ns : 0;
	}
};

}  // namespace asynclat
