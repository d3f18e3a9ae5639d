#include "affinity.h"

#include <fmt/format.h>
#include <sched.h>

#include "os_error.h"

namespace asynclat::load {

Status pin_to_cpu(uint64_t cpu) {
	cpu_set_t set;
	CPU_ZERO(&set);
	if (cpu < CPU_SETSIZE) CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof set, &set))
		return os_error(fmt::format("cannot run on CPU {}", cpu), "name an online CPU");
	return Nothing{};
}

Status pin_to_cpu(std::optional<uint64_t> cpu) {
	if (cpu) return pin_to_cpu(*cpu);
	return Nothing{};
}

Result<uint64_t> any_cpu_but(uint64_t cpu) {
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof set, &set)) return os_error("cannot read the CPU affinity");
	for (uint64_t other = 0; other < CPU_SETSIZE; other++)
		if (other != cpu && CPU_ISSET(other, &set)) return other;
	return Error{Exit::failed,
				 fmt::format("there is no CPU but {} to run on", cpu),
				 {},
				 "this load needs two CPUs"};
}

}  // namespace asynclat::load
