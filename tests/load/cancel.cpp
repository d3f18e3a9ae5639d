// cancel: work items that are queued and cancelled before they can start. A byte to each of many
// pseudo terminals queues its work item; the unbound workqueues may only use a CPU that a
// real-time thread hogs, so none starts; closing the terminals cancels them.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "affinity.h"
#include "cpu_hog.h"
#include "generator.h"
#include "pty_pair.h"
#include "stopwatch.h"
#include "unbound_cpus.h"

namespace asynclat::load {
namespace {

// Half of what /proc/sys/kernel/pty/max allows by default.
constexpr uint64_t kPtysAtOnce = 2048;

Status queue_and_cancel(uint64_t count, uint64_t hold_cpu) {
	std::vector<Descriptor> masters;
	for (uint64_t i = 0; i < count; i++) {
		Result<Descriptor> master = open_pty_master();
		if (!master) return master.error();
		masters.push_back(std::move(*master));
	}
	CpuHog hog;
	if (Status s = hog.start(hold_cpu); !s) return s.error();
	const Stopwatch hogged;
	for (const Descriptor& master : masters)
		if (Status s = write_byte(master); !s) return s.error();
	masters.clear();
	const uint64_t hogged_ns = hogged.elapsed_ns();
	hog.stop();
	if (hogged_ns > CpuHog::kSafeNs)
		return Error{Exit::failed, fmt::format("CPU {} was held for {} ns", hold_cpu, hogged_ns),
					 "some of the work items may have started", "run it on an idle machine"};
	return Nothing{};
}

}  // namespace

Result<Report> run_cancel(const Arguments& arguments) {
	const uint64_t hold_cpu = arguments.get("hold-cpu");
	const Result<uint64_t> own_cpu = any_cpu_but(hold_cpu);
	if (!own_cpu) return own_cpu.error();
	if (Status s = pin_to_cpu(*own_cpu); !s) return s.error();
	if (Status s = allow_open_ptys(kPtysAtOnce); !s) return s.error();
	UnboundCpus unbound;
	if (Status s = unbound.restrict_to(hold_cpu); !s) return s.error();

	const Stopwatch watch;
	for (uint64_t left = arguments.operations; left > 0;) {
		const uint64_t count = std::min(left, kPtysAtOnce);
		if (Status s = queue_and_cancel(count, hold_cpu); !s) return s.error();
		left -= count;
	}
	const uint64_t elapsed_ns = watch.elapsed_ns();
	if (Status s = unbound.restore(); !s) return s.error();
	return Report{"flush_to_ldisc", {{"queued", arguments.operations}, {"started", 0}}, elapsed_ns};
}

}  // namespace asynclat::load
