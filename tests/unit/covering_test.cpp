#include "verify/covering.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace asynclat {
namespace {

TEST(Covering, EveryTwoValuesOfTwoFactorsMeet) {
	const std::vector<size_t> levels = {3, 3, 2, 2, 2, 1, 2, 2, 2, 2, 2};
	const auto rows = covering_rows(levels);
	for (size_t a = 0; a < levels.size(); a++)
		for (size_t b = a + 1; b < levels.size(); b++)
			for (size_t i = 0; i < levels[a]; i++)
				for (size_t j = 0; j < levels[b]; j++)
					EXPECT_TRUE(
						std::any_of(rows.begin(), rows.end(),
									[&](const auto& row) { return row[a] == i && row[b] == j; }))
						<< a << "=" << i << " " << b << "=" << j;
}

TEST(Covering, TakesFarFewerRowsThanAllCombinations) {
	EXPECT_LE(covering_rows(std::vector<size_t>(12, 2)).size(), 10U);
}

TEST(Covering, NothingToCoverTakesNoRow) { EXPECT_TRUE(covering_rows({}).empty()); }

}  // namespace
}  // namespace asynclat
