// How large recordings are. The figures are printed; the limit is an hour of a large machine.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "generated_run.h"
#include "recording/recording_writer.h"

namespace asynclat {
namespace {

// Bytes of an hour, from the first intervals of it.
uint64_t bytes_an_hour(const char* name, const GeneratedLoad& load) {
	constexpr uint64_t kSeconds = 20;
	GeneratedRun run(load);
	RecordingWriter writer;
	const uint64_t begin = writer.start(run.description(), "host").size();
	uint64_t bytes = 0;
	std::chrono::nanoseconds writing{};
	for (uint64_t i = 0; i < kSeconds; i++) {
		const Interval interval = run.next();
		const auto before = std::chrono::steady_clock::now();
		bytes += writer.interval(interval).size();
		writing += std::chrono::steady_clock::now() - before;
	}
	const uint64_t hour = begin + bytes * 3600 / kSeconds;
	std::printf("%s: %.2f MB an hour, %llu bytes and %.2f ms an interval\n", name,
				static_cast<double>(hour) / 1e6, static_cast<unsigned long long>(bytes / kSeconds),
				static_cast<double>(writing.count()) / 1e6 / kSeconds);
	return hour;
}

TEST(RecordingSize, AnHourOf64CpusIsUnder20Megabytes) {
	const std::vector<al_mechanism> workqueue = {AL_WORKQUEUE};
	const uint64_t limit = 20'000'000;
	EXPECT_LT(bytes_an_hour("workqueue in all stages, 64 CPUs, half of them with 10 items a second",
							{.items_a_cpu = 10, .busy_cpus = 0.5, .mechanisms = workqueue}),
			  limit);
	EXPECT_LT(bytes_an_hour("all mechanisms and stages, 64 CPUs, idle", {.items_a_cpu = 0}), limit);
	// Of what does not fit, for the documentation: each CPU's extremes in each stage are kept.
	bytes_an_hour("workqueue in all stages, 50 items a CPU and second",
				  {.items_a_cpu = 50, .mechanisms = workqueue});
	bytes_an_hour("workqueue in all stages, 500 items a CPU and second",
				  {.items_a_cpu = 500, .mechanisms = workqueue});
	bytes_an_hour("all mechanisms and stages, half the CPUs busy with 10 items a second",
				  {.items_a_cpu = 10, .busy_cpus = 0.5});
	bytes_an_hour("all mechanisms and stages, 500 items a CPU and second", {.items_a_cpu = 500});
}

}  // namespace
}  // namespace asynclat
