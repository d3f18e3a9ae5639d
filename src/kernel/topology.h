// Reads where the CPUs are from sysfs.
#pragma once

#include <string>

#include "model/topology.h"

namespace asynclat {

// `system` is /sys/devices/system, or a tree like it. Sysfs says nothing about the core, cache and
// package of an offline CPU: it stands with the CPU before it on its node. What cannot be read is
// taken as one core a CPU, and one cache, node and package for all.
Topology read_topology(const std::string& system = "/sys/devices/system");

}  // namespace asynclat
