#include "kernel/topology.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace asynclat {
namespace {

// A tree like /sys/devices/system, gone with the test.
class FakeSystem : public testing::Test {
protected:
	FakeSystem() {
		std::string name = (std::filesystem::temp_directory_path() / "asynclat-XXXXXX").string();
		root_ = mkdtemp(name.data());
	}
	~FakeSystem() override { std::filesystem::remove_all(root_); }

	void put(const std::string& path, const std::string& text) {
		const auto file = std::filesystem::path(root_) / path;
		std::filesystem::create_directories(file.parent_path());
		std::ofstream(file) << text << '\n';
	}
	void put_cpu(uint32_t cpu, const std::string& siblings, const std::string& llc, int package) {
		const std::string directory = fmt::format("cpu/cpu{}", cpu);
		put(directory + "/topology/thread_siblings_list", siblings);
		put(directory + "/topology/physical_package_id", std::to_string(package));
		put(directory + "/cache/index0/level", "1");
		put(directory + "/cache/index0/shared_cpu_list", siblings);
		put(directory + "/cache/index1/level", "3");
		put(directory + "/cache/index1/shared_cpu_list", llc);
	}

	std::string root_;
};

TEST_F(FakeSystem, SmtSharedCachesNodesAndAnOfflineCpu) {
	put("cpu/possible", "0-7");
	put("cpu/online", "0-5,7");
	// Siblings are four apart, as firmware likes to number them.
	for (uint32_t cpu = 0; cpu < 8; cpu++) {
		const uint32_t first = cpu % 4;
		if (cpu != 6)
			put_cpu(cpu, fmt::format("{},{}", first, first + 4), first < 2 ? "0-1,4-5" : "2-3,7",
					first < 2 ? 0 : 1);
	}
	put("node/possible", "0-1");
	put("node/node0/cpulist", "0-1,4-5");
	put("node/node1/cpulist", "2-3,7");
	put("cpu/cpu6/node1/cpulist", "2-3,7");

	const Topology topology = read_topology(root_);
	ASSERT_EQ(topology.cpus.size(), 8u);
	EXPECT_EQ(*topology.find(5), (CpuPlace{5, 1, 0, 0, 0, true}));
	EXPECT_EQ(*topology.find(2), (CpuPlace{2, 2, 1, 1, 1, true}));
	EXPECT_EQ(topology.find(7)->core, topology.find(3)->core);
	const CpuPlace& offline = *topology.find(6);
	EXPECT_FALSE(offline.online);
	EXPECT_EQ(offline.node, 1u) << "the link tells, although the node's list has it no more";
	EXPECT_EQ(offline.llc, 1u) << "with the CPU before it on its node";
	EXPECT_EQ(offline.package, 1u);
	EXPECT_EQ(topology.count(CpuGroup::llc), 2u);
	EXPECT_EQ(topology.count(CpuGroup::node), 2u);
	EXPECT_EQ(topology.count(CpuGroup::all), 1u);
}

TEST_F(FakeSystem, NumbersMayHaveGaps) {
	put("cpu/possible", "0,2,100-101");
	put("cpu/online", "0,2,100-101");
	const Topology topology = read_topology(root_);
	ASSERT_EQ(topology.cpus.size(), 4u);
	EXPECT_EQ(topology.find(1), nullptr);
	EXPECT_EQ(topology.find(101)->cpu, 101u);
	EXPECT_EQ(topology.count(CpuGroup::core), 4u) << "without siblings each has a core";
	EXPECT_EQ(topology.count(CpuGroup::llc), 1u);
}

TEST_F(FakeSystem, AnEmptyTreeIsNotKnown) {
	const Topology topology = read_topology(root_);
	EXPECT_TRUE(topology.cpus.empty());
	EXPECT_TRUE(topology.place(3).online);
	EXPECT_EQ(topology.place(3).core, 3u);
}

TEST(ReadTopology, ThisMachineHasItsOnlineCpus) {
	const Topology topology = read_topology();
	ASSERT_FALSE(topology.cpus.empty());
	EXPECT_TRUE(std::any_of(topology.cpus.begin(), topology.cpus.end(),
							[](const CpuPlace& place) { return place.online; }));
}

}  // namespace
}  // namespace asynclat
