// Which CPUs share a core, a cache, a node and a package, and which were offline at the start.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace asynclat {

// Where a CPU is. Cores and LLCs (last-level caches) are numbered in the order of their first CPU;
// nodes and packages as the kernel does.
struct CpuPlace {
	uint32_t cpu = 0;
	uint32_t core = 0;
	uint32_t llc = 0;
	uint32_t node = 0;
	uint32_t package = 0;
	bool online = true;

	bool operator==(const CpuPlace&) const = default;
};

// How CPUs are put together in rows.
enum class CpuGroup { cpu, core, llc, node, package, all };

inline constexpr CpuGroup kCpuGroups[] = {CpuGroup::cpu,  CpuGroup::core,    CpuGroup::llc,
										  CpuGroup::node, CpuGroup::package, CpuGroup::all};

std::string_view cpu_group_name(CpuGroup group);

// The number of a CPU's group: its own number for `cpu`, 0 for `all`.
uint32_t group_of(const CpuPlace& place, CpuGroup group);

struct Topology {
	std::vector<CpuPlace> cpus;  // ascending; empty: not known

	[[nodiscard]] const CpuPlace* find(uint32_t cpu) const;
	// An unknown CPU is online and alone on its core, in the first of everything else.
	[[nodiscard]] CpuPlace place(uint32_t cpu) const;
	[[nodiscard]] size_t count(CpuGroup group) const;
};

}  // namespace asynclat
