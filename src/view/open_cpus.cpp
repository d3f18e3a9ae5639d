#include "view/open_cpus.h"

#include <algorithm>

namespace asynclat {
namespace {

constexpr size_t kManyCpus = 16;  // from here on smaller groups come before the CPUs

}  // namespace

const std::vector<uint32_t>& OpenCpus::shown() const {
	return any() ? levels_.back().cpus : among_;
}

const std::vector<uint32_t>& OpenCpus::around() const {
	return levels_.size() > 1 ? levels_[levels_.size() - 2].cpus : among_;
}

void OpenCpus::open(CpuGroup group, uint32_t number, const std::vector<CpuData>& cpus) {
	Level& level = levels_.emplace_back(Level{group, number, {}});
	for (const CpuData& cpu : cpus)
		if (group_of(cpu.place, group) == number) level.cpus.push_back(cpu.place.cpu);
}

bool OpenCpus::open_worst(const Scene& scene) {
	const auto cpus = cpus_of(scene);
	if (cpus.size() <= 1) return false;
	CpuGroup group = CpuGroup::cpu;
	if (!any() && scene.options.group_by)
		group = *scene.options.group_by;
	else if (cpus.size() > kManyCpus && rows_by(CpuGroup::llc, cpus).size() > 1)
		group = CpuGroup::llc;
	const auto rows = rows_by(group, cpus);
	if (rows.empty()) return false;
	open(group, std::min_element(rows.begin(), rows.end(), is_worse)->group, cpus);
	return true;
}

void OpenCpus::to_neighbour(int by, const Scene& scene) {
	const Level left = levels_.back();
	const auto cpus = cpus_of(scene);
	const auto rows = rows_by(left.group, cpus);
	const auto at = std::find_if(rows.begin(), rows.end(),
								 [&](const HeatRow& row) { return row.group == left.number; });
	if (at == rows.end()) return;  // its CPUs are offline
	const auto next =
		std::clamp<int64_t>(at - rows.begin() + by, 0, static_cast<int64_t>(rows.size()) - 1);
	levels_.pop_back();
	open(left.group, rows[static_cast<size_t>(next)].group, cpus);
}

bool OpenCpus::close() {
	if (!any()) return false;
	levels_.pop_back();
	return true;
}

}  // namespace asynclat
