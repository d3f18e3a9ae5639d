// Which CPUs the kernel's unbound workqueues may use, for as long as this object lives.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/result.h"
#include "descriptor.h"

namespace asynclat::load {

// A process of its own puts the old CPUs back when this object goes, or when this process dies in
// whatever way. Of several users of this class one waits for the other.
class UnboundCpus {
public:
	UnboundCpus() = default;
	UnboundCpus(const UnboundCpus&) = delete;
	UnboundCpus& operator=(const UnboundCpus&) = delete;
	~UnboundCpus();

	// At most once. Call it before any thread is started: it forks.
	Status restrict_to(uint64_t cpu);
	// Puts the old CPUs back; nothing if they were not restricted.
	Status restore();

private:
	bool end_restorer();

	Descriptor lock_;   // shared with the other process, so held until it has restored
	Descriptor alive_;  // the other process restores when this is closed
	pid_t restorer_ = -1;
};

}  // namespace asynclat::load
