// delayed, delayed-cancel, delayed-rearm: the delayed work item that looks for duplicates of an
// IPv6 address (see ipv6_link.h). Each address queues it twice, the second time from within
// itself, and then arms it.
#include <algorithm>
#include <utility>
#include <vector>

#include "generator.h"
#include "ipv6_link.h"
#include "stopwatch.h"

namespace asynclat::load {
namespace {

constexpr uint64_t kHourMs = 3'600'000;
// Fits the queues of the link and of the netlink socket.
constexpr uint64_t kAddressesAtOnce = 64;

using Counts = std::vector<std::pair<std::string_view, uint64_t>>;

// Adds N addresses in groups and removes them; each group is given to `then` when its timers are
// armed. `counts` are those that depend on what happens then.
template <typename Then>
Result<Report> with_armed(uint64_t n, uint64_t retransmit_ms, Then then, Counts counts) {
	Result<Ipv6Link> link = Ipv6Link::create(retransmit_ms);
	if (!link) return link.error();
	const Stopwatch watch;
	for (uint64_t first = 0; first < n; first += kAddressesAtOnce) {
		const uint64_t count = std::min(n - first, kAddressesAtOnce);
		for (uint64_t i = 0; i < count; i++)
			if (Status s = link->add(first + i); !s) return s.error();
		if (Status s = link->await_armed(count); !s) return s.error();
		if (Status s = then(*link, count); !s) return s.error();
		for (uint64_t i = 0; i < count; i++)
			if (Status s = link->remove(first + i); !s) return s.error();
	}
	counts.emplace_back("self_requeued", n);
	return Report{"addrconf_dad_work", std::move(counts), watch.elapsed_ns()};
}

}  // namespace

Result<Report> run_delayed(const Arguments& arguments) {
	const uint64_t n = arguments.operations;
	return with_armed(n, arguments.get("delay-ms"),
					  [](Ipv6Link& link, uint64_t count) { return link.await_settled(count); },
					  {{"queued", 3 * n}, {"started", 3 * n}, {"armed", n}, {"expired", n}});
}

Result<Report> run_delayed_cancel(const Arguments& arguments) {
	const uint64_t n = arguments.operations;
	return with_armed(n, kHourMs, [](Ipv6Link&, uint64_t) -> Status { return Nothing{}; },
					  {{"queued", 2 * n}, {"started", 2 * n}, {"armed", n}, {"cancelled", n}});
}

Result<Report> run_delayed_rearm(const Arguments& arguments) {
	const uint64_t n = arguments.operations;
	return with_armed(n, kHourMs, [](Ipv6Link& link, uint64_t) { return link.rearm(); },
					  {{"queued", 2 * n},
					   {"started", 2 * n},
					   {"armed", 3 * n},
					   {"rearmed", 2 * n},
					   {"cancelled", n}});
}

}  // namespace asynclat::load
