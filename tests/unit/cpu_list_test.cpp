#include "base/cpu_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace asynclat {
namespace {

using ::testing::ElementsAre;

TEST(CpuList, IsSortedAndEachOnce) {
	EXPECT_THAT(*parse_cpu_list("0"), ElementsAre(0));
	EXPECT_THAT(*parse_cpu_list("0-3,8"), ElementsAre(0, 1, 2, 3, 8));
	EXPECT_THAT(*parse_cpu_list("8,2-3,3,0-2"), ElementsAre(0, 1, 2, 3, 8));
	EXPECT_THAT(*parse_cpu_list("5-5,08191"), ElementsAre(5, 8191));
	EXPECT_EQ(parse_cpu_list("0-8191")->size(), 8192u);
}

TEST(CpuList, ErrorSaysWhatIsWrong) {
	const struct {
		const char *text, *what;
	} cases[] = {
		{"7-3", "'7-3' is not a CPU list: '7-3' runs backwards"},
		{"1,7-3", "'1,7-3' is not a CPU list: '7-3' runs backwards"},
		{"0-", "'0-' is not a CPU list: '0-' is neither a number nor a range"},
		{"-3", "'-3' is not a CPU list: '-3' is neither a number nor a range"},
		{"0-3-5", "'0-3-5' is not a CPU list: '0-3-5' is neither a number nor a range"},
		{"0 - 3", "'0 - 3' is not a CPU list: '0 - 3' is neither a number nor a range"},
		{"a\x1b", "'a\\x1B' is not a CPU list: 'a\\x1B' is neither a number nor a range"},
		{"9999", "'9999' is not a CPU list: 9999 is beyond the largest CPU number"},
		{"0-8192", "'0-8192' is not a CPU list: 8192 is beyond the largest CPU number"},
		{"99999999999999999999",
		 "'99999999999999999999' is not a CPU list: 99999999999999999999 is "
		 "beyond the largest CPU number"},
		{",,", "',,' is not a CPU list: an entry is empty"},
		{"1,", "'1,' is not a CPU list: an entry is empty"},
		{"", "'' is not a CPU list: an entry is empty"},
	};
	for (const auto& c : cases) {
		const auto parsed = parse_cpu_list(c.text);
		ASSERT_FALSE(parsed) << c.text;
		EXPECT_EQ(parsed.error().what, c.what);
		EXPECT_EQ(parsed.error().exit, Exit::usage);
		EXPECT_EQ(parsed.error().hint, "CPU numbers, 0 to 8191, and ranges: 0-3,8");
	}
}

TEST(CpuList, TextComesBack) {
	for (const char* text : {"0", "0-3,8", "0,2,4", "6-7", "0-8191"})
		EXPECT_EQ(cpu_list_text(*parse_cpu_list(text)), text);
	EXPECT_EQ(cpu_list_text({}), "");
}

}  // namespace
}  // namespace asynclat
