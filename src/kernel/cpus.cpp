#include "kernel/cpus.h"

#include <fmt/format.h>

#include <fstream>

#include "base/cpu_list.h"

namespace asynclat {
namespace {

Result<std::vector<uint32_t>> read_list(const char* which) {
	const std::string path = fmt::format("/sys/devices/system/cpu/{}", which);
	std::ifstream file(path);
	std::string text;
	if (!std::getline(file, text))
		return Error{Exit::unsupported, fmt::format("cannot read {}", path), "",
					 "mount sysfs on /sys"};
	return parse_cpu_list(text);
}

}  // namespace

Result<std::vector<uint32_t>> possible_cpus() { return read_list("possible"); }

Result<std::vector<uint32_t>> online_cpus() { return read_list("online"); }

}  // namespace asynclat
