#include "view/heatmap_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/cpu_list.h"
#include "view/cpu_grid.h"
#include "view/cpu_rows.h"
#include "view/group_rows.h"
#include "view/heat_table.h"
#include "view/quantity.h"

namespace asynclat {
namespace {

constexpr int kFewColumns = 40, kFewestColumns = 20, kFewRows = 8;
constexpr size_t kManyCpus = 128;  // from here on a cell each
constexpr size_t kSmallestChart = 3, kLargestChart = 12;
constexpr size_t kLeastOpened = 3;  // rows for the CPUs of the worst group

// Builds the view for the CPUs or groups of one scene.
class Heatmap {
public:
	Heatmap(const Scene& scene, Scale& scale)
		: scene_(scene),
		  scale_(scale),
		  cpus_(cpus_of(scene)),
		  all_(scene.histogram_of(scene.stage())),
		  frame_(scene.options.width) {
		for (const CpuData& cpu : cpus_)
			if (cpu.offline) offline_.push_back(cpu.place.cpu);
	}

	Frame take() {
		const auto groups = groups_shown(scene_);
		const size_t online = cpus_.size() - offline_.size();
		const bool small = width() < kFewColumns || scene_.options.height < kFewRows;
		frame_.append(title_row(scene_, about(groups.empty() ? online : 0), all_.count()));
		if (!groups.empty())
			small ? put_lines(groups) : put_table("", groups, {});
		else if (small)
			put_lines(rows_by(scene_.options.group_by.value_or(CpuGroup::cpu), cpus_));
		else if (scene_.options.group_by || online <= kManyCpus || !put_grid())
			put_groups(online);
		frame_.crop(static_cast<size_t>(std::max(1, scene_.options.height)));
		return std::move(frame_);
	}

private:
	[[nodiscard]] int width() const { return scene_.options.width; }
	[[nodiscard]] size_t rows_left(size_t below = 0) const {
		const auto height = static_cast<size_t>(std::max(1, scene_.options.height));
		const size_t taken = frame_.rows().size() + below;
		return height > taken ? height - taken : 0;
	}
	[[nodiscard]] std::optional<OctaveRange> range() const { return octave_range(all_); }
	[[nodiscard]] uint64_t now() const { return scene_.interval.data.mono_ns; }

	[[nodiscard]] std::vector<std::string> about(size_t online) const {
		if (!online || !scene_.options.cpus.empty()) return {};
		std::string text = fmt::format("{} CPU{}", online, online == 1 ? "" : "s");
		const Topology& topology = scene_.description.topology;
		if (const size_t nodes = topology.count(CpuGroup::node); nodes > 1)
			text += fmt::format(" {} nodes", nodes);
		if (const size_t llcs = topology.count(CpuGroup::llc); llcs > 1)
			text += fmt::format(" {} LLC", llcs);
		return {text};
	}

	// A line a row: a strip of shades, or figures alone.
	void put_lines(const std::vector<HeatRow>& rows) {
		if (scene_.options.height <= 1 && scene_.options.width >= kFewestColumns)
			frame_.crop(0);  // the events come before their name
		const Frame losses = scene_.lost() && rows_left() > 1 ? books_row(scene_) : Frame(width());
		const std::vector<HeatRow> fitted = fit_rows(
			rows, std::max<size_t>(1, rows_left(losses.rows().size())), scene_.options.first_row);
		if (width() >= kFewestColumns) {
			const HeatTable table(width(), range(), fitted, scale_, now());
			for (const HeatRow& row : fitted) table.put_row(frame_, row);
		} else {
			for (const HeatRow& row : fitted)
				frame_.row_of({row.label, row.empty ? "-" : edge(row.p99_ns),
							   row.empty ? "" : edge(row.histogram.quantile(1))},
							  " ", Style::plain);
		}
		frame_.append(losses);
	}

	// The finest groups that fit, with some rows for the CPUs of the worst one.
	void put_groups(size_t online) {
		const size_t below = 4 + !offline_.empty();  // heading, legend, books
		const size_t room = rows_left(below);
		CpuGroup group = scene_.options.group_by.value_or(CpuGroup::cpu);
		std::vector<HeatRow> rows = rows_by(group, cpus_);
		if (!scene_.options.group_by && online > room)
			for (group = CpuGroup::llc; group < CpuGroup::all;
				 group = static_cast<CpuGroup>(static_cast<int>(group) + 1)) {
				rows = rows_by(group, cpus_);
				if (rows.size() > 1 && rows.size() + kLeastOpened <= room) break;
			}
		if (group == CpuGroup::all) rows = rows_by(group = CpuGroup::cpu, cpus_);
		std::vector<HeatRow> opened;
		if (group != CpuGroup::cpu && !rows.empty()) {
			const auto worst = std::min_element(rows.begin(), rows.end(), is_worse);
			for (HeatRow& row : rows_by(CpuGroup::cpu, of_group(group, worst->group)))
				opened.push_back(std::move(row));
			opened_name_ = worst->label;
		}
		put_table(cpu_group_name(group), std::move(rows), std::move(opened));
	}

	[[nodiscard]] std::vector<CpuData> of_group(CpuGroup group, uint32_t number) const {
		std::vector<CpuData> cpus;
		for (const CpuData& cpu : cpus_)
			if (group_of(cpu.place, group) == number) cpus.push_back(cpu);
		return cpus;
	}

	void put_table(std::string_view what, std::vector<HeatRow> rows, std::vector<HeatRow> opened) {
		std::vector<HeatRow> shown = rows;
		shown.insert(shown.end(), opened.begin(), opened.end());
		const HeatTable table(width(), range(), shown, scale_, now());
		const Frame steps = legend(table.steps(), width());
		const Frame books = books_row(scene_);
		const size_t below = steps.rows().size() + books.rows().size() + !offline_.empty();

		table.put_heading(frame_, std::string(what));
		for (const HeatRow& row : fit_rows(std::move(rows), std::max<size_t>(1, rows_left(below)),
										   scene_.options.first_row))
			table.put_row(frame_, row);
		if (const size_t left = rows_left(below); !opened.empty() && left > 1) {
			frame_.new_row();
			frame_.put_within(fmt::format("worst: {}, by CPU", opened_name_), frame_.width(),
							  Style::header);
			for (const HeatRow& row : fit_rows(std::move(opened), left - 1))
				table.put_row(frame_, row);
		}
		put_offline();
		frame_.append(steps);
		if (const size_t left = rows_left(books.rows().size());
			left >= kSmallestChart + 2 && !all_.empty()) {
			frame_.new_row();
			const std::string cpus = scene_.cpus_text();
			table.put_chart(frame_, cpus.empty() ? "all CPUs" : cpus, all_,
							std::min(left - 2, kLargestChart));
		}
		frame_.append(books);
	}

	void put_offline() {
		if (offline_.empty()) return;
		frame_.new_row();
		frame_.put_within(fmt::format("offline {}: {}", offline_.size(), cpu_list_text(offline_)),
						  frame_.width(), Style::header);
	}

	bool put_grid() {
		const Frame books = books_row(scene_);
		const auto grid = cpu_grid(cpus_, width(), rows_left(books.rows().size()), scale_, now());
		if (!grid) return false;
		frame_.append(*grid);
		frame_.append(books);
		return true;
	}

	const Scene& scene_;
	Scale& scale_;
	std::vector<CpuData> cpus_;
	std::vector<uint32_t> offline_;
	Histogram all_;
	Frame frame_;
	std::string opened_name_;
};

}  // namespace

size_t heatmap_rows(const Scene& scene) {
	const size_t groups = groups_shown(scene).size();
	return groups ? groups
				  : rows_by(scene.options.group_by.value_or(CpuGroup::cpu), cpus_of(scene)).size();
}

Frame heatmap_view(const Scene& scene, Scale& scale) { return Heatmap(scene, scale).take(); }

}  // namespace asynclat
