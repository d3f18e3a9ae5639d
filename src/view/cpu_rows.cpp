#include "view/cpu_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace asynclat {
namespace {

std::string label_of(CpuGroup group, uint32_t number) {
	constexpr std::string_view kLetters[] = {"", "C", "L", "N", "P", ""};
	if (group == CpuGroup::all) return "all";
	return fmt::format("{}{}", kLetters[static_cast<size_t>(group)], number);
}

}  // namespace

std::vector<CpuData> cpus_of(const Scene& scene) {
	const StageData* const stage = scene.stage();
	const Description& description = scene.description;
	const auto& wanted = scene.options.cpus;
	std::vector<CpuData> cpus;
	for (size_t i = 0; i < description.cpus.size(); i++) {
		if (!wanted.empty() &&
			std::find(wanted.begin(), wanted.end(), description.cpus[i]) == wanted.end())
			continue;
		CpuData& cpu = cpus.emplace_back();
		cpu.place = description.topology.place(description.cpus[i]);
		cpu.histogram = stage && i < stage->cpus.size() ? &stage->cpus[i] : nullptr;
		cpu.idle = !cpu.histogram || cpu.histogram->empty();
		cpu.offline = cpu.idle && !cpu.place.online;
	}
	return cpus;
}

HeatRow heat_row(std::string label, Histogram histogram, uint32_t group) {
	HeatRow row{std::move(label), std::move(histogram), group};
	row.p99_ns = row.histogram.quantile(0.99);
	row.empty = row.histogram.empty();
	return row;
}

std::vector<HeatRow> rows_by(CpuGroup group, const std::vector<CpuData>& cpus) {
	std::map<uint32_t, Histogram> groups;
	for (const CpuData& cpu : cpus) {
		if (cpu.offline) continue;
		Histogram& histogram = groups[group_of(cpu.place, group)];
		if (!cpu.idle) histogram.merge(*cpu.histogram);
	}
	std::vector<HeatRow> rows;
	for (auto& [number, histogram] : groups)
		rows.push_back(heat_row(label_of(group, number), std::move(histogram), number));
	return rows;
}

bool is_worse(const HeatRow& a, const HeatRow& b) {
	if (a.p99_ns != b.p99_ns) return a.p99_ns > b.p99_ns;
	return a.histogram.max.value_ns > b.histogram.max.value_ns;
}

std::vector<HeatRow> fit_rows(std::vector<HeatRow> rows, size_t most, size_t first) {
	if (rows.size() <= most || most == 0) return rows;
	std::vector<size_t> shown(rows.size());
	std::iota(shown.begin(), shown.end(), size_t{0});
	if (first) {
		const size_t begin = std::min(first, rows.size()) - 1;
		shown.erase(shown.begin(), shown.begin() + static_cast<std::ptrdiff_t>(begin));
	} else {
		std::stable_sort(shown.begin(), shown.end(),
						 [&](size_t a, size_t b) { return is_worse(rows[a], rows[b]); });
	}
	shown.resize(std::min(shown.size(), most - 1));
	std::sort(shown.begin(), shown.end());
	std::vector<HeatRow> fitted;
	Histogram others;
	for (size_t i = 0; i < rows.size(); i++) {
		if (std::binary_search(shown.begin(), shown.end(), i))
			fitted.push_back(std::move(rows[i]));
		else
			others.merge(rows[i].histogram);
	}
	fitted.push_back(heat_row(fmt::format("+{}", rows.size() - shown.size()), std::move(others)));
	return fitted;
}

}  // namespace asynclat
