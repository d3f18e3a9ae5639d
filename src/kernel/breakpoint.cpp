#include "kernel/breakpoint.h"

#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace asynclat {
namespace {

Error failure(uint32_t cpu, int error) {
	return Error{.what = fmt::format("cannot set a breakpoint on CPU {}", cpu),
				 .evidence = error == ENOSPC ? "all of its hardware breakpoints are taken"
											 : std::strerror(error)};
}

}  // namespace

Result<bpf_link*> attach_breakpoint(bpf_program* program, uint64_t address, uint32_t cpu) {
	perf_event_attr event{};
	event.size = sizeof(event);
	event.type = PERF_TYPE_BREAKPOINT;
	event.bp_type = HW_BREAKPOINT_X;
	event.bp_addr = address;
	event.bp_len = sizeof(long);
	event.sample_period = 1;
	event.pinned = 1;
	const auto fd =
		static_cast<int>(syscall(SYS_perf_event_open, &event, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC));
	if (fd < 0) return failure(cpu, errno);
	bpf_link* link = bpf_program__attach_perf_event(program, fd);  // owns the event from here on
	if (link) return link;
	const int error = errno;
	close(fd);
	return failure(cpu, error);
}

}  // namespace asynclat
