// Control groups of the default hierarchy (cgroup v2), by the number that BPF programs see.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace asynclat {

struct Cgroup {
	std::string path;    // of its directory
	uint64_t id = 0;     // the kernel's number
	uint32_t level = 0;  // the root's is 0
};

// The cgroup of that directory, or of that name below the mount: /system.slice.
Result<Cgroup> find_cgroup(const std::string& path);

// Where cgroup2 is mounted, as a file of the form of /proc/self/mounts says; empty: nowhere.
std::string cgroup_mount(std::string_view mounts);

// Names, remembered: a cgroup that is gone keeps the one it had.
class Cgroups {
public:
	// Below the mount: /system.slice/ssh.service; empty where it cannot be found.
	const std::string& path_of(uint64_t id);

private:
	std::map<uint64_t, std::string> paths_;
	std::string mount_;
};

}  // namespace asynclat
