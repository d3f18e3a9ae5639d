#include "view/cpu_grid.h"

#include <fmt/format.h>

#include <algorithm>

#include "view/quantity.h"

namespace asynclat {
namespace {

constexpr size_t kLabelWidth = 9;  // "N3  1024 "
constexpr size_t kChunk = 8;       // cells, then a blank
constexpr size_t kFewestWorst = 3;

struct CpuFigures {
	const CpuData* cpu;
	uint64_t p99_ns;
	uint64_t max_ns;
};

using GridRow = std::vector<CpuFigures>;  // consecutive CPUs of one node

size_t cells_a_row(int width) {
	const auto columns = static_cast<size_t>(width);
	return columns > kLabelWidth ? (columns - kLabelWidth + 1) / (kChunk + 1) * kChunk : 0;
}

std::vector<CpuFigures> by_node(const std::vector<CpuData>& cpus) {
	std::vector<CpuFigures> all;
	for (const CpuData& cpu : cpus)
		all.push_back({&cpu, cpu.idle ? 0 : cpu.histogram->quantile(0.99),
					   cpu.idle ? 0 : cpu.histogram->quantile(1)});
	std::stable_sort(all.begin(), all.end(), [](const CpuFigures& a, const CpuFigures& b) {
		return a.cpu->place.node < b.cpu->place.node;
	});
	return all;
}

std::vector<GridRow> rows_of(const std::vector<CpuFigures>& cpus, size_t cells) {
	std::vector<GridRow> rows;
	const CpuPlace* last = nullptr;
	for (const CpuFigures& figures : cpus) {
		const CpuPlace& place = figures.cpu->place;
		if (!last || last->node != place.node || last->cpu + 1 != place.cpu ||
			rows.back().size() == cells)
			rows.emplace_back();
		rows.back().push_back(figures);
		last = &place;
	}
	return rows;
}

void put_offsets(Frame& frame, const std::vector<GridRow>& rows) {
	size_t longest = 0;
	for (const GridRow& row : rows) longest = std::max(longest, row.size());
	frame.new_row();
	frame.put(fmt::format("{:<4}{:>4} ", "node", "cpu"), Style::header);
	for (size_t cell = 0; cell < longest; cell += kChunk)
		frame.put(fmt::format("{:<{}}", fmt::format("+{}", cell),
							  cell + kChunk < longest ? kChunk + 1 : 1),
				  Style::header);
}

void put_cells(Frame& frame, const GridRow& row, const TimeSteps& steps) {
	const CpuPlace& first = row.front().cpu->place;
	frame.new_row();
	frame.put(fmt::format("N{:<3}{:>4} ", first.node, first.cpu));
	for (size_t i = 0; i < row.size(); i++) {
		if (i && i % kChunk == 0) frame.put_blanks(1);
		if (row[i].cpu->offline)
			frame.put("o", Style::header);
		else
			frame.put_shade(row[i].cpu->idle ? 0 : steps.step(row[i].p99_ns));
	}
}

// By p99, the one with the largest maximum always among them.
std::vector<CpuFigures> worst_of(std::vector<CpuFigures> cpus, size_t most) {
	std::erase_if(cpus, [](const CpuFigures& f) { return f.cpu->idle; });
	std::stable_sort(cpus.begin(), cpus.end(), [](const CpuFigures& a, const CpuFigures& b) {
		return a.p99_ns != b.p99_ns ? a.p99_ns > b.p99_ns : a.max_ns > b.max_ns;
	});
	if (cpus.size() <= most) return cpus;
	const auto largest = std::max_element(
		cpus.begin(), cpus.end(),
		[](const CpuFigures& a, const CpuFigures& b) { return a.max_ns < b.max_ns; });
	const auto last = cpus.begin() + static_cast<std::ptrdiff_t>(most) - 1;
	if (largest > last) *last = *largest;
	cpus.resize(most);
	return cpus;
}

void put_worst(Frame& frame, const std::vector<CpuFigures>& cpus) {
	const bool caches = frame.width() >= 44, wide = frame.width() >= 72;
	frame.new_row();
	frame.put(fmt::format("{:>10}{:>5}", "worst CPUs", "node"), Style::header);
	if (caches) frame.put(fmt::format("{:>5}", "LLC"), Style::header);
	frame.put(fmt::format("{:>8}", "n"), Style::header);
	if (wide) frame.put(fmt::format("{:>7}", "p50"), Style::header);
	frame.put(fmt::format("{:>7}{:>7}", "p99", "max"), Style::header);
	if (wide) frame.put("  max in", Style::header);
	for (const CpuFigures& figures : cpus) {
		const Histogram& histogram = *figures.cpu->histogram;
		const CpuPlace& place = figures.cpu->place;
		frame.new_row();
		frame.put(fmt::format("{:>10}{:>5}", place.cpu, fmt::format("N{}", place.node)));
		if (caches) frame.put(fmt::format("{:>5}", fmt::format("L{}", place.llc)));
		frame.put(fmt::format("{:>8}", short_count(histogram.count())));
		if (wide) frame.put(fmt::format("{:>7}", edge(histogram.quantile(0.5))));
		frame.put(fmt::format("{:>7}{:>7}", edge(figures.p99_ns), edge(figures.max_ns)));
		if (wide && !histogram.max.function.empty()) {
			frame.put_blanks(2);
			frame.put_within(histogram.max.function, frame.room_left());
		}
	}
}

}  // namespace

std::optional<Frame> cpu_grid(const std::vector<CpuData>& cpus, int width, size_t height,
							  Scale& scale, uint64_t mono_ns) {
	const size_t cells = cells_a_row(width);
	if (!cells) return std::nullopt;
	const std::vector<CpuFigures> all = by_node(cpus);
	const std::vector<GridRow> rows = rows_of(all, cells);
	std::optional<OctaveRange> range;
	bool offline = false;
	for (const CpuFigures& figures : all) {
		offline |= figures.cpu->offline;
		if (figures.cpu->idle) continue;
		const uint32_t octave = al_bucket(figures.p99_ns) / AL_SUB;
		range = OctaveRange{range ? std::min(range->lowest, octave) : octave,
							range ? std::max(range->highest, octave) : octave};
	}
	const TimeSteps steps(scale.follow(range, mono_ns));
	const Frame key = legend(steps, "p99: blank idle", offline, width);
	const size_t taken = 1 + rows.size() + key.rows().size();
	if (taken + 1 + kFewestWorst > height) return std::nullopt;

	Frame frame(width);
	put_offsets(frame, rows);
	for (const GridRow& row : rows) put_cells(frame, row, steps);
	frame.append(key);
	put_worst(frame, worst_of(all, height - taken - 1));
	return frame;
}

}  // namespace asynclat
