#include "model/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "unit/sample.h"

namespace asynclat {
namespace {

using sample::record;

Histogram of(const std::vector<uint64_t>& values) {
	Histogram h;
	for (const uint64_t v : values) record(h, v);
	return h;
}

// The value of rank ceil(permille / 1000 * n), in whole numbers.
uint64_t naive_quantile(std::vector<uint64_t> values, uint64_t permille) {
	std::sort(values.begin(), values.end());
	const uint64_t rank = std::max<uint64_t>(1, (values.size() * permille + 999) / 1000);
	return values[rank - 1];
}

void expect_near_naive(const std::vector<uint64_t>& values, uint64_t permille) {
	const Histogram h = of(values);
	const uint64_t truth = naive_quantile(values, permille);
	const uint64_t told = h.quantile(static_cast<double>(permille) / 1000);
	EXPECT_EQ(al_bucket(told), al_bucket(truth)) << values.size() << " values, " << permille;
	EXPECT_GE(told, truth);
	EXPECT_GE(told, h.min_ns);
	EXPECT_LE(told, h.max.value_ns);
}

TEST(Histogram, QuantilesAreThoseOfASortWithinTheBucket) {
	std::mt19937_64 random(3);
	for (int round = 0; round < 300; round++) {
		std::vector<uint64_t> values(1 + random() % 2000);
		for (uint64_t& v : values) v = random() >> (20 + random() % 44);
		for (const uint64_t permille : {0, 1, 100, 500, 900, 990, 999, 1000})
			expect_near_naive(values, permille);
	}
}

TEST(Histogram, RankIsRightForEveryCount) {
	for (uint64_t n = 1; n <= 3000; n++) {
		for (const uint64_t permille : {500, 900, 990, 999}) {
			const uint64_t rank = std::max<uint64_t>(1, (n * permille + 999) / 1000);
			Histogram h;  // only the value of that rank lies in its bucket
			if (rank > 1) record(h, 1'000, rank - 1);
			record(h, 10'000);
			if (rank < n) record(h, 100'000, n - rank);
			EXPECT_EQ(al_bucket(h.quantile(static_cast<double>(permille) / 1000)),
					  al_bucket(10'000))
				<< n << " values, " << permille;
		}
	}
}

TEST(Histogram, OneValueIsAllItsQuantiles) {
	for (const uint64_t v : {0ULL, 7ULL, 8ULL, 1'000'001ULL, 1ULL << 36, 1ULL << 60})
		for (const double q : {0.0, 0.5, 0.999, 1.0}) EXPECT_EQ(of({v}).quantile(q), v);
}

TEST(Histogram, EmptyHasNoQuantiles) {
	EXPECT_TRUE(Histogram{}.empty());
	EXPECT_EQ(Histogram{}.quantile(0.5), 0u);
}

TEST(Histogram, BeyondTheTopBucketTheMaximumStaysExact) {
	const uint64_t hour_ns = 3'600'000'000'000;
	const Histogram h = of({1'000, hour_ns});
	EXPECT_EQ(h.buckets.back(), 1u);
	EXPECT_EQ(h.max.value_ns, hour_ns);
	EXPECT_EQ(h.quantile(0.99), hour_ns);
}

TEST(Histogram, MergeAddsCountsAndKeepsTheWiderExtremes) {
	Histogram a = of({10, 2'000});
	Histogram b;
	record(b, 5, 3, 1, 7, "early");
	record(b, 9'000, 1, 2, 7, "late");
	a.merge(b);
	EXPECT_EQ(a.count(), 6u);
	EXPECT_EQ(a.sum_ns, 10u + 2'000 + 15 + 9'000);
	EXPECT_EQ(a.min_ns, 5u);
	EXPECT_EQ(a.max.value_ns, 9'000u);
	EXPECT_EQ(a.max.cpu, 7u);
	EXPECT_EQ(a.max.function, "late");

	const Histogram before = a;
	a.merge({});
	EXPECT_EQ(a.buckets, before.buckets);
	EXPECT_EQ(a.min_ns, before.min_ns);
	EXPECT_EQ(a.max.function, "late");
}

TEST(Histogram, DifferenceSubtractsCountsAndTakesTheLaterExtremes) {
	const Histogram earlier = of({10, 2'000});
	Histogram later = earlier;
	record(later, 300, 4);
	later.min_ns = 300;
	later.max = {300, 1, 1, "f"};
	const Histogram d = difference(earlier, later);
	EXPECT_EQ(d.count(), 4u);
	EXPECT_EQ(d.buckets[al_bucket(300)], 4u);
	EXPECT_EQ(d.sum_ns, 1'200u);
	EXPECT_EQ(d.min_ns, 300u);
	EXPECT_EQ(d.max.function, "f");
}

}  // namespace
}  // namespace asynclat
