// flood: bytes sent through one pseudo terminal as fast as it takes them, while another thread
// reads. A byte whose work item is still pending queues nothing; one that comes just as the item
// is taken off its queue queues it again before it has started.
#include <fcntl.h>
#include <sched.h>

#include <array>
#include <thread>

#include "affinity.h"
#include "generator.h"
#include "os_error.h"
#include "pty_pair.h"
#include "stopwatch.h"
#include "unbound_cpus.h"

namespace asynclat::load {
namespace {

Status write_bytes(const Descriptor& master, uint64_t count, const std::stop_token& stop) {
	while (count > 0 && !stop.stop_requested()) {
		if (write(master.get(), "x", 1) == 1)
			count--;
		else if (errno == EAGAIN)
			sched_yield();
		else
			return os_error("cannot write to a pty");
	}
	return Nothing{};
}

Status read_bytes(const Descriptor& slave, uint64_t count) {
	std::array<char, 4096> bytes;
	while (count > 0) {
		const ssize_t size = read(slave.get(), bytes.data(), bytes.size());
		if (size <= 0) return os_error("cannot read from a pty");
		count -= static_cast<uint64_t>(size);
	}
	return Nothing{};
}

}  // namespace

Result<Report> run_flood(const Arguments& arguments) {
	UnboundCpus unbound;
	if (const auto cpu = arguments.find("work-cpu"))
		if (Status s = unbound.restrict_to(*cpu); !s) return s.error();
	Result<PtyPair> pty = open_pty_pair();
	if (!pty) return pty.error();
	if (fcntl(pty->master.get(), F_SETFL, O_NONBLOCK)) return os_error("F_SETFL of a pty");

	const Stopwatch watch;
	Status written = Nothing{};
	std::jthread writer([&](const std::stop_token& stop) {
		written = pin_to_cpu(arguments.find("cpu"));
		if (written) written = write_bytes(pty->master, arguments.operations, stop);
		if (!written) pty->master.close();  // so that the reader does not wait for ever
	});
	const Status received = read_bytes(pty->slave, arguments.operations);
	writer.request_stop();
	writer.join();
	const uint64_t elapsed_ns = watch.elapsed_ns();
	if (!written) return written.error();
	if (!received) return received.error();
	if (Status s = unbound.restore(); !s) return s.error();
	return Report{"flush_to_ldisc", {}, elapsed_ns};
}

}  // namespace asynclat::load
