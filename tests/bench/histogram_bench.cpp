// What a histogram costs user space: every stage of every CPU is merged and read off once an
// interval.
#include "model/histogram.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>

namespace asynclat {
namespace {

// Latencies as a busy host has them: about a microsecond to a millisecond.
Histogram sample(unsigned seed) {
	constexpr int kValues = 10'000;
	std::mt19937_64 random(seed);
	std::lognormal_distribution<double> latency_ns(9.0, 1.5);
	Histogram histogram;
	for (int i = 0; i < kValues; i++) {
		const auto value_ns = static_cast<uint64_t>(latency_ns(random));
		histogram.buckets[al_bucket(value_ns)]++;
		histogram.sum_ns += value_ns;
		histogram.min_ns = std::min(histogram.min_ns, value_ns);
		histogram.max.value_ns = std::max(histogram.max.value_ns, value_ns);
	}
	return histogram;
}

void quantile(benchmark::State& state) {
	const Histogram histogram = sample(1);
	for (auto _ : state) benchmark::DoNotOptimize(histogram.quantile(0.99));
}
BENCHMARK(quantile);

void merge(benchmark::State& state) {
	const Histogram cpu = sample(2);
	Histogram all = sample(3);
	for (auto _ : state) {
		all.merge(cpu);
		benchmark::DoNotOptimize(all);
	}
}
BENCHMARK(merge);

}  // namespace
}  // namespace asynclat
