// A pseudo terminal: what is written to its master is delivered to its slave by a work item.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "descriptor.h"

namespace asynclat::load {

struct PtyPair {
	Descriptor master;
	Descriptor slave;
};

// Raises the limit of open files to what this many pairs need.
Status allow_open_ptys(uint64_t count);

// A master alone, its slave unlocked and not open.
Result<Descriptor> open_pty_master();

// Both ends, the slave in raw mode without echo: a byte in is a byte out.
Result<PtyPair> open_pty_pair();

// One byte into the master: queues the pty's work item, unless it is pending.
Status write_byte(const Descriptor& master);

}  // namespace asynclat::load
