// pty: bytes sent through pseudo terminals, each read before that terminal gets the next. A byte
// is read only after its work item started, so each byte queues and starts exactly one.
#include <algorithm>
#include <vector>

#include "affinity.h"
#include "generator.h"
#include "os_error.h"
#include "pty_pair.h"
#include "stopwatch.h"
#include "unbound_cpus.h"

namespace asynclat::load {
namespace {

Status read_byte(const Descriptor& slave) {
	char byte = 0;
	if (read(slave.get(), &byte, 1) != 1) return os_error("cannot read from a pty");
	return Nothing{};
}

}  // namespace

Result<Report> run_pty(const Arguments& arguments) {
	if (Status s = pin_to_cpu(arguments.find("cpu")); !s) return s.error();
	UnboundCpus unbound;
	if (const auto cpu = arguments.find("work-cpu"))
		if (Status s = unbound.restrict_to(*cpu); !s) return s.error();

	const uint64_t pty_count = std::min(arguments.get("ptys"), arguments.operations);
	if (Status s = allow_open_ptys(pty_count); !s) return s.error();
	std::vector<PtyPair> ptys;
	for (uint64_t i = 0; i < pty_count; i++) {
		Result<PtyPair> pty = open_pty_pair();
		if (!pty) return pty.error();
		ptys.push_back(std::move(*pty));
	}

	const Stopwatch watch;
	for (uint64_t left = arguments.operations; left > 0;) {
		const size_t count = std::min<uint64_t>(left, ptys.size());
		for (size_t i = 0; i < count; i++)
			if (Status s = write_byte(ptys[i].master); !s) return s.error();
		for (size_t i = 0; i < count; i++)
			if (Status s = read_byte(ptys[i].slave); !s) return s.error();
		left -= count;
	}
	const uint64_t elapsed_ns = watch.elapsed_ns();
	if (Status s = unbound.restore(); !s) return s.error();
	const uint64_t n = arguments.operations;
	return Report{"flush_to_ldisc", {{"queued", n}, {"started", n}}, elapsed_ns};
}

}  // namespace asynclat::load
