#include "kernel/topology.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <vector>

#include "base/cpu_list.h"
#include "base/units.h"

namespace asynclat {
namespace {

using Cpus = std::vector<uint32_t>;

std::string first_line(const std::string& path) {
	std::ifstream file(path);
	std::string text;
	std::getline(file, text);
	return text;
}

Cpus list_in(const std::string& path) {
	const auto cpus = parse_cpu_list(first_line(path));
	return cpus ? *cpus : Cpus{};
}

std::optional<uint32_t> number_in(const std::string& path) {
	const auto value = parse_count(first_line(path));
	return value ? std::optional(static_cast<uint32_t>(*value)) : std::nullopt;
}

// The CPUs that share this CPU's cache of the highest level; empty where sysfs has none.
Cpus sharing_llc(const std::string& cpu_directory) {
	std::string best;
	uint32_t highest = 0;
	for (int index = 0;; index++) {
		const std::string cache = fmt::format("{}/cache/index{}", cpu_directory, index);
		const auto level = number_in(cache + "/level");
		if (!level) break;
		if (*level < highest || first_line(cache + "/type") == "Instruction") continue;
		highest = *level;
		best = cache;
	}
	return best.empty() ? Cpus{} : list_in(best + "/shared_cpu_list");
}

// Sets of CPUs, numbered in the order of their coming. One member tells of all, so that sysfs, with
// several files a CPU, is not asked again for the others.
class Sets {
public:
	// The number of the set that the CPU is known to be in.
	[[nodiscard]] std::optional<uint32_t> of(uint32_t cpu) const {
		const auto found = numbers_.find(cpu);
		return found == numbers_.end() ? std::nullopt : std::optional(found->second);
	}
	// Nothing for an empty set.
	void add(const Cpus& set) {
		for (const uint32_t cpu : set) numbers_[cpu] = count_;
		count_ += !set.empty();
	}

private:
	std::map<uint32_t, uint32_t> numbers_;
	uint32_t count_ = 0;
};

std::map<uint32_t, uint32_t> nodes_of(const std::string& system, const Cpus& cpus) {
	std::map<uint32_t, uint32_t> nodes;
	for (const uint32_t node : list_in(system + "/node/possible")) {
		for (const uint32_t cpu : list_in(fmt::format("{}/node/node{}/cpulist", system, node)))
			nodes[cpu] = node;
		// The list has online CPUs only, this link is there for the others too.
		for (const uint32_t cpu : cpus)
			if (std::ifstream(fmt::format("{}/cpu/cpu{}/node{}/cpulist", system, cpu, node)))
				nodes[cpu] = node;
	}
	return nodes;
}

}  // namespace

Topology read_topology(const std::string& system) {
	Topology topology;
	const Cpus possible = list_in(system + "/cpu/possible");
	const Cpus online = list_in(system + "/cpu/online");
	const auto nodes = nodes_of(system, possible);
	Sets cores, llcs;
	std::map<uint32_t, CpuPlace> last_on_node;
	for (const uint32_t cpu : possible) {
		const std::string directory = fmt::format("{}/cpu/cpu{}", system, cpu);
		CpuPlace place{.cpu = cpu};
		place.online = std::binary_search(online.begin(), online.end(), cpu);
		const auto node = nodes.find(cpu);
		place.node = node == nodes.end() ? 0 : node->second;
		const CpuPlace& before = last_on_node[place.node];
		if (!cores.of(cpu)) cores.add(list_in(directory + "/topology/thread_siblings_list"));
		if (!cores.of(cpu)) cores.add({cpu});
		if (!llcs.of(cpu)) llcs.add(sharing_llc(directory));
		place.core = cores.of(cpu).value_or(0);
		place.llc = llcs.of(cpu).value_or(before.llc);
		place.package =
			number_in(directory + "/topology/physical_package_id").value_or(before.package);
		last_on_node[place.node] = place;
		topology.cpus.push_back(place);
	}
	return topology;
}

}  // namespace asynclat
