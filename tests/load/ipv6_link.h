// A network of its own with one Ethernet link, and IPv6 addresses on it. Each address has a
// delayed work item of its own, addrconf_dad_work, that looks for duplicates of it:
//   add      queues it; it runs and queues itself again; that run arms its timer with the
//            retransmission time and sends a solicitation
//   expiry   queues it for the last time: the address is settled
//   remove   stops its timer, if that is still running
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "descriptor.h"

namespace asynclat::load {

class Ipv6Link {
public:
	// Moves the calling thread into a new network namespace, which ends with the process.
	// retransmit_ms: the delay for which each address arms its timer.
	static Result<Ipv6Link> create(uint64_t retransmit_ms);

	// The index names the address.
	Status add(uint64_t index);
	Status remove(uint64_t index);

	// Waits until this many more addresses have armed their timer (sent a solicitation), or are
	// settled; an error after five seconds.
	Status await_armed(uint64_t count);
	Status await_settled(uint64_t count);

	// Arms the pending timer of every address again, twice, each time with a random delay of up to
	// two million seconds.
	Status rearm();

private:
	Status write_setting(const std::string& directory, const std::string& name, uint64_t value);
	Status toggle_flag(int flag);
	Status request_address(uint16_t type, uint16_t flags, uint64_t index);

	Descriptor tap_;       // the other end of the link
	Descriptor control_;   // any socket, for ioctls
	Descriptor requests_;  // rtnetlink: ours
	Descriptor changes_;   // rtnetlink: what happens to addresses
	uint32_t interface_ = 0;
	uint32_t sequence_ = 0;
};

}  // namespace asynclat::load
