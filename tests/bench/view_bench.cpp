// What a picture of 512 CPUs costs, from the interval to the bytes. The limit is 2 ms.
#include <benchmark/benchmark.h>

#include "unit/many_cpus.h"
#include "view/paint.h"
#include "view/views.h"

namespace asynclat {
namespace {

void draw(benchmark::State& state, const char* name, int width, int height) {
	const ViewRow& view = *find_view(name);
	const Description description = sample::machine_description(sample::kHuge);
	const Interval interval = sample::machine_interval(sample::kHuge);
	const History history = sample::machine_history(sample::kLaptop, 200);
	const Subject subject{AL_WORKQUEUE, AL_WQ_WAIT, AL_CLASS_PLAIN};
	const ViewOptions options{.width = width, .height = height};
	Scale scale;
	size_t bytes = 0;
	for (auto _ : state) {
		const Frame frame = view.draw({interval, description, history, subject, options}, scale);
		const std::string text = painted(frame, {Colours::direct, true});
		bytes = text.size();
		benchmark::DoNotOptimize(text.data());
	}
	state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK_CAPTURE(draw, heatmap_80x24, "heatmap", 80, 24)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(draw, heatmap_200x60, "heatmap", 200, 60)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(draw, time_200x60, "time", 200, 60)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(draw, stages_200x60, "stages", 200, 60)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(draw, top_200x60, "top", 200, 60)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace asynclat
