// One run of an item, or of all that a task had on its list of task_work.
#pragma once

#include <cstdint>
#include <string>

#include "asynclat/abi.h"

namespace asynclat {

struct Run {
	al_mechanism mechanism{};
	uint64_t begun_mono_ns = 0;
	uint64_t ran_ns = 0;
	uint32_t cpu = 0;      // where it ended
	std::string function;  // an address where symbols are hidden; empty: several
	std::string thread;    // that ran it
	uint32_t tid = 0;      // 0: it ran in an interrupt

	[[nodiscard]] uint64_t ended_mono_ns() const { return begun_mono_ns + ran_ns; }
};

}  // namespace asynclat
