#include "base/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace asynclat {
namespace {

using namespace std::string_view_literals;
using ::testing::ElementsAre;

TEST(Escape, LeavesWhatIsSafe) {
	for (const std::string_view text :
		 {""sv, "kworker/0:1H-kblockd"sv, "a b~!\\"sv, "Grüße, 日本 😀"sv})
		EXPECT_EQ(escape(text), text);
}

TEST(Escape, ShowsEveryOtherByte) {
	const struct {
		std::string_view text, shown;
	} cases[] = {
		{"\x1b[2J"sv, "\\x1B[2J"},
		{"a\0b\n\t\x7f"sv, "a\\x00b\\x0A\\x09\\x7F"},
		{"\xc2\x9b"
		 "31m"sv,
		 "\\xC2\\x9B31m"},  // C1: the terminal's CSI in one character
		{"a\xe2\x80\xae"
		 "b"sv,
		 "a\\xE2\\x80\\xAEb"},                           // turns the direction
		{"\xe2\x80\x8b"sv, "\\xE2\\x80\\x8B"},           // no width
		{"\xff\x80"sv, "\\xFF\\x80"},                    // not UTF-8
		{"\xc0\xaf"sv, "\\xC0\\xAF"},                    // overlong
		{"\xe0\x80\xaf"sv, "\\xE0\\x80\\xAF"},           // overlong
		{"\xf0\x80\x80\xaf"sv, "\\xF0\\x80\\x80\\xAF"},  // overlong
		{"\xed\xa0\x80"sv, "\\xED\\xA0\\x80"},           // surrogate
		{"\xf4\x90\x80\x80"sv, "\\xF4\\x90\\x80\\x80"},  // beyond U+10FFFF
		{"a\xc3"sv, "a\\xC3"},                           // cut off
		{"\xe2\x82"
		 "a"sv,
		 "\\xE2\\x82"
		 "a"},  // cut off by another character
	};
	for (const auto& c : cases) EXPECT_EQ(escape(c.text), c.shown);
}

TEST(Escape, OfAnyTwoBytesIsPrintableUtf8) {
	for (int first = 0; first < 256; first++)
		for (int second = 0; second < 256; second++) {
			const std::string text = {static_cast<char>(first), static_cast<char>(second)};
			const std::string shown = escape(text);
			for (const char c : shown)
				ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
			ASSERT_EQ(escape(shown), shown);
		}
}

TEST(InQuotes, Escapes) { EXPECT_EQ(in_quotes("a\nb"), "'a\\x0Ab'"); }

TEST(Split, KeepsEmptyParts) {
	EXPECT_THAT(split("a,b", ','), ElementsAre("a", "b"));
	EXPECT_THAT(split(",,", ','), ElementsAre("", "", ""));
	EXPECT_THAT(split("", ','), ElementsAre(""));
}

TEST(OneOf, JoinsForPeople) {
	EXPECT_EQ(one_of({}), "");
	EXPECT_EQ(one_of(std::array{"a"sv}), "a");
	EXPECT_EQ(one_of(std::array{"a"sv, "b"sv}), "a or b");
	EXPECT_EQ(one_of(std::array{"a"sv, "b"sv, "c"sv}), "a, b or c");
}

TEST(Nearest, FindsWhatWasMeant) {
	constexpr std::array kNames = {"workqueue"sv, "delayed_work"sv, "irq_work"sv, "run"sv,
								   "hist"sv};
	const struct {
		std::string_view word;
		std::optional<std::string_view> meant;
	} cases[] = {
		{"workqeue", "workqueue"},
		{"workqueues", "workqueue"},
		{"owrkqueue", "workqueue"},
		{"irqwork", "irq_work"},
		{"delayed-work", "delayed_work"},
		{"rnu", "run"},
		{"hits", "hist"},
		{"rum", "run"},
		{"timer", {}},
		{"xyz", {}},
		{"", {}},
		{"r", {}},
	};
	for (const auto& c : cases) EXPECT_EQ(nearest(c.word, kNames), c.meant) << c.word;
	EXPECT_EQ(nearest("x", std::array{"y"sv}), std::nullopt);
	EXPECT_EQ(nearest("wiat", std::array{"want"sv, "wait"sv}), "wait");
	EXPECT_EQ(nearest("word", {}), std::nullopt);
}

}  // namespace
}  // namespace asynclat
