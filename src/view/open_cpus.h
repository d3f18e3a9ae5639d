// Groups of CPUs that were opened, one within the other. The innermost alone is shown.
#pragma once

#include <cstdint>
#include <vector>

#include "view/cpu_rows.h"
#include "view/scene.h"

namespace asynclat {

class OpenCpus {
public:
	// Opens among these CPUs, in ascending order; none: all.
	explicit OpenCpus(std::vector<uint32_t> among) : among_(std::move(among)) {}

	[[nodiscard]] bool any() const { return !levels_.empty(); }
	// Those that are shown; none: all.
	[[nodiscard]] const std::vector<uint32_t>& shown() const;
	// Those among which the innermost group was opened.
	[[nodiscard]] const std::vector<uint32_t>& around() const;

	// Opens the worst of the scene's groups, within a group of many CPUs of smaller ones. The scene
	// is of shown(). False: it has one CPU, so there is nothing more to open.
	bool open_worst(const Scene& scene);
	// Goes on to the group `by` places behind. The scene is of around().
	void to_neighbour(int by, const Scene& scene);
	// False: nothing is open.
	bool close();

private:
	struct Level {
		CpuGroup group;
		uint32_t number;
		std::vector<uint32_t> cpus;
	};
	void open(CpuGroup group, uint32_t number, const std::vector<CpuData>& cpus);

	std::vector<uint32_t> among_;
	std::vector<Level> levels_;
};

}  // namespace asynclat
