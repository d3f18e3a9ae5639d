#include "app/submitter_options.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <fstream>

#include "app/usage.h"
#include "base/units.h"
#include "base/words.h"

namespace asynclat {
namespace {

// The process that a thread belongs to, as the kernel says now; none where it has no such thread.
std::optional<uint64_t> process_of(uint64_t tid) {
	std::ifstream status(fmt::format("/proc/{}/status", tid));
	for (std::string key; status >> key;)
		if (uint64_t pid = 0; key == "Tgid:" && status >> pid) return pid;
	return std::nullopt;
}

// The kernel's programs see the numbers of the first PID namespace (include/linux/proc_ns.h).
bool counts_as_the_kernel() {
	constexpr ino_t kFirst = 0xEFFFFFFC;
	struct stat status {};
	return stat("/proc/self/ns/pid", &status) || status.st_ino == kFirst;
}

}  // namespace

Status set_submitter(Options& options, std::span<const std::string> /*values*/) {
	options.request.submitters = true;
	return Nothing{};
}

Status set_stack(Options& options, std::span<const std::string> /*values*/) {
	options.request.submitters = options.request.stacks = true;
	return Nothing{};
}

Status set_pid(Options& options, std::span<const std::string> values) {
	const auto pid = parse_count(values.front());
	if (!pid || !*pid)
		return usage_error(fmt::format("{} is no process", in_quotes(values.front())),
						   "the number of a process that runs: 4711");
	if (!counts_as_the_kernel())
		return usage_error("processes have other numbers in this PID namespace",
						   "run asynclat outside of the container");
	const auto process = process_of(*pid);
	if (!process)
		return usage_error(fmt::format("there is no process {}", *pid),
						   "the number of a process that runs, as ps shows it");
	if (*process != *pid)
		return usage_error(fmt::format("{} is a thread of process {}", *pid, *process),
						   fmt::format("--pid {}", *process));
	options.request.pid = static_cast<uint32_t>(*pid);
	return Nothing{};
}

Status set_cgroup(Options& options, std::span<const std::string> values) {
	if (values.front().empty())
		return usage_error("'' is no cgroup",
						   "a control group's directory, or its name: /system.slice");
	const auto cgroup = find_cgroup(values.front());
	if (!cgroup) return cgroup.error();
	options.request.cgroup = *cgroup;
	return Nothing{};
}

Status check_submitters(const Options& options) {
	if (!options.request.submitters || options.command == Command::pending ||
		options.request.min_ns || !options.dump.file.empty())
		return Nothing{};
	return usage_error(
		fmt::format("--{}: there is no item to tell it of",
					options.request.stacks ? "stack" : "submitter"),
		"add --min DURATION, a line for each item that waited at least so long, or --dump");
}

}  // namespace asynclat
