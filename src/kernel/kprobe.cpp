#include "kernel/kprobe.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <fstream>

namespace asynclat {

std::string_view why_no_kprobe(int error) {
	if (error == EINVAL) return "the kernel lets no kprobe on it (notrace)";
	if (error == ENOENT) return "this kernel has no such function";
	return "";
}

std::string_view ask_for_kprobe(const std::string& function) {
	perf_event_attr event{};
	event.size = sizeof(event);
	event.disabled = 1;
	event.kprobe_func = reinterpret_cast<uintptr_t>(function.c_str());
	std::ifstream("/sys/bus/event_source/devices/kprobe/type") >> event.type;
	const auto fd =
		static_cast<int>(syscall(SYS_perf_event_open, &event, -1, 0, -1, PERF_FLAG_FD_CLOEXEC));
	if (fd < 0) return why_no_kprobe(errno);
	close(fd);
	return "";
}

}  // namespace asynclat
