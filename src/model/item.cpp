#include "model/item.h"

#include <fmt/format.h>

#include <span>
#include <string_view>

namespace asynclat {
namespace {

std::string name_or_number(std::span<const std::string_view> names, uint32_t number) {
	if (number < names.size() && !names[number].empty()) return std::string(names[number]);
	return std::to_string(number);
}

}  // namespace

// include/uapi/linux/sched.h
std::string Blocker::policy_name() const {
	constexpr std::string_view kNames[] = {"OTHER", "FIFO", "RR",       "BATCH",
										   "",      "IDLE", "DEADLINE", "EXT"};
	return name_or_number(kNames, policy);
}

// include/linux/interrupt.h
std::string Blocker::vector_name() const {
	constexpr std::string_view kNames[] = {"HI",       "TIMER",   "NET_TX", "NET_RX",  "BLOCK",
										   "IRQ_POLL", "TASKLET", "SCHED",  "HRTIMER", "RCU"};
	return name_or_number(kNames, number);
}

std::string Blocker::target_name() const {
	constexpr std::string_view kNames[] = {"unknown",  "running", "runnable",
										   "sleeping", "blocked", "stopped"};
	return name_or_number(kNames, target);
}

}  // namespace asynclat
