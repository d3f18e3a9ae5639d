#include "model/topology.h"

#include <algorithm>
#include <set>

namespace asynclat {

std::string_view cpu_group_name(CpuGroup group) {
	constexpr std::string_view kNames[] = {"cpu", "core", "llc", "node", "package", "all"};
	return kNames[static_cast<size_t>(group)];
}

uint32_t group_of(const CpuPlace& place, CpuGroup group) {
	switch (group) {
		case CpuGroup::cpu:
			return place.cpu;
		case CpuGroup::core:
			return place.core;
		case CpuGroup::llc:
			return place.llc;
		case CpuGroup::node:
			return place.node;
		case CpuGroup::package:
			return place.package;
		case CpuGroup::all:
			break;
	}
	return 0;
}

const CpuPlace* Topology::find(uint32_t cpu) const {
	const auto it =
		std::lower_bound(cpus.begin(), cpus.end(), cpu,
						 [](const CpuPlace& place, uint32_t wanted) { return place.cpu < wanted; });
	return it == cpus.end() || it->cpu != cpu ? nullptr : &*it;
}

CpuPlace Topology::place(uint32_t cpu) const {
	const CpuPlace* known = find(cpu);
	return known ? *known : CpuPlace{.cpu = cpu, .core = cpu};
}

size_t Topology::count(CpuGroup group) const {
	std::set<uint32_t> seen;
	for (const CpuPlace& place : cpus) seen.insert(group_of(place, group));
	return seen.size();
}

}  // namespace asynclat
