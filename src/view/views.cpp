#include "view/views.h"

#include <algorithm>

#include "catalog/mechanism.h"
#include "view/heatmap_view.h"
#include "view/hist_view.h"
#include "view/stages_view.h"
#include "view/time_view.h"
#include "view/top_view.h"

namespace asynclat {
namespace {

Frame draw_hist(const Scene& scene, Scale& /*scale*/) {
	return hist_view(scene.interval, scene.description,
					 {scene.options.width, scene.options.split_by, scene.options.nanoseconds});
}

constexpr ViewRow kViews[] = {
	{.name = "hist", .help = "a histogram a stage", .draw = draw_hist},
	{.name = "heatmap",
	 .help = "latency by CPU",
	 .full_screen = true,
	 .rows_are_cpus = true,
	 .rows = heatmap_rows,
	 .draw = heatmap_view},
	{.name = "time", .help = "latency over time", .full_screen = true, .draw = time_view},
	{.name = "stages",
	 .help = "which stage owns the wait and its tail",
	 .needs_stages = true,
	 .full_screen = true,
	 .draw = stages_view},
	{.name = "top", .help = "who waited", .full_screen = true, .rows = top_rows, .draw = top_view},
};

}  // namespace

std::span<const ViewRow> views() { return kViews; }

const ViewRow* find_view(std::string_view name) {
	const auto row = std::find_if(std::begin(kViews), std::end(kViews),
								  [&](const ViewRow& v) { return v.name == name; });
	return row == std::end(kViews) ? nullptr : row;
}

std::vector<Subject> subjects(const Description& description, const Interval& interval,
							  std::span<const al_stage> stages) {
	std::vector<Subject> all;
	for (const MechanismInfo& info : description.mechanisms)
		for (size_t i = 0; i < info.stages.size(); i++) {
			const al_stage id = info.stages[i];
			const bool wanted = stages.empty()
									? i == 0
									: std::find(stages.begin(), stages.end(), id) != stages.end();
			if (!wanted) continue;
			const size_t before = all.size();
			for (size_t c = 0; c < mechanism(info.mechanism).classes.size(); c++) {
				const Subject subject{info.mechanism, id, static_cast<al_class>(c)};
				const StageData* data = find(interval, subject);
				const auto busy = [](const Histogram& h) { return !h.empty(); };
				if (data && std::any_of(data->cpus.begin(), data->cpus.end(), busy))
					all.push_back(subject);
			}
			if (all.size() == before) all.push_back({info.mechanism, id, AL_CLASS_PLAIN});
		}
	return all;
}

}  // namespace asynclat
