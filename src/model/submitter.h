// Who queued an item.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "asynclat/abi.h"

namespace asynclat {

struct Submitter {
	al_context context{};
	std::string comm;  // of a task, as all below
	uint32_t tid = 0;
	uint32_t pid = 0;    // of its process
	std::string cgroup;  // path; empty: not known

	// "task", "softirq".
	[[nodiscard]] std::string_view context_name() const {
		constexpr std::string_view kNames[] = {"unknown", "task", "softirq", "hardirq", "nmi"};
		return kNames[context];
	}
};

}  // namespace asynclat
