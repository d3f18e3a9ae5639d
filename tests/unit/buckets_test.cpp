#include "asynclat/buckets.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>

namespace {

static_assert(al_bucket(7) == 7 && al_bucket(8) == 8 && al_bucket(16) == 16);
static_assert(al_bucket_low(AL_BUCKETS - AL_SUB) == 1ULL << AL_TOP_OCTAVE);

TEST(Buckets, EveryLowerEdgeBelongsToItsBucketAndTheValueBelowToTheOneBefore) {
	EXPECT_EQ(al_bucket(0), 0u);
	for (uint32_t b = 1; b < AL_BUCKETS; b++) {
		EXPECT_EQ(al_bucket(al_bucket_low(b)), b);
		EXPECT_EQ(al_bucket(al_bucket_low(b) - 1), b - 1);
	}
}

TEST(Buckets, EndWhereTheNextBegins) {
	for (uint32_t b = 0; b + 1 < AL_BUCKETS; b++) {
		EXPECT_EQ(al_bucket(al_bucket_end(b) - 1), b);
		EXPECT_EQ(al_bucket(al_bucket_end(b)), b + 1);
	}
}

TEST(Buckets, AreAtMostAnEighthWideAndExactBelowEight) {
	for (uint32_t b = 0; b < AL_BUCKETS; b++) {
		const uint64_t low = al_bucket_low(b);
		EXPECT_LE(al_bucket_end(b) - low, low < AL_SUB ? 1 : low / 8) << b;
	}
}

TEST(Buckets, TopSaturates) {
	const uint64_t beyond = 1ULL << (AL_TOP_OCTAVE + 1);
	for (const uint64_t v : {beyond - 1, beyond, beyond + 1, uint64_t{1} << 63, UINT64_MAX})
		EXPECT_EQ(al_bucket(v), AL_BUCKETS - 1u) << v;
}

TEST(Buckets, GrowWithTheValue) {
	std::mt19937_64 random(1);
	for (int i = 0; i < 100'000; i++) {
		const uint64_t v = (random() >> (random() % 64)) | 1;
		EXPECT_LE(al_bucket(v - 1), al_bucket(v));
		EXPECT_LT(al_bucket(v), static_cast<uint32_t>(AL_BUCKETS));
		EXPECT_LE(al_bucket_low(al_bucket(v)), v);
	}
}

void expect_log2(uint64_t v) {
	EXPECT_EQ(al_log2(v), static_cast<uint32_t>(std::bit_width(v)) - 1) << v;
}

TEST(Buckets, LadderIsLog2) {
	expect_log2(1);
	for (int bit = 1; bit < 64; bit++) {
		expect_log2((1ULL << bit) - 1);
		expect_log2(1ULL << bit);
		expect_log2((1ULL << bit) + 1);
	}
	std::mt19937_64 random(2);
	for (int i = 0; i < 100'000; i++) expect_log2((random() >> (random() % 64)) | 1);
}

}  // namespace
