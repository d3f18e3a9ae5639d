#include "app/key_reader.h"

#include <gtest/gtest.h>

#include "view/keymap.h"

namespace asynclat {
namespace {

using Keys = std::vector<char32_t>;

TEST(KeyReader, CharactersAreThemselves) {
	KeyReader reader;
	EXPECT_EQ(reader.feed("q \t"), (Keys{U'q', U' ', key::kTab}));
	EXPECT_EQ(reader.feed("\r\n\b\x7f"),
			  (Keys{key::kEnter, key::kEnter, key::kBackspace, key::kBackspace}));
	EXPECT_FALSE(reader.waits());
}

TEST(KeyReader, ArrowsComeInAllDialects) {
	KeyReader reader;
	EXPECT_EQ(reader.feed("\x1b[A\x1bOA\x1b[B\x1b[C\x1b[D"),
			  (Keys{key::kUp, key::kUp, key::kDown, key::kRight, key::kLeft}));
	EXPECT_EQ(reader.feed("\x1b[5~\x1b[6~\x1b[H\x1b[1~\x1bOH\x1b[F\x1b[Z"),
			  (Keys{key::kPageUp, key::kPageDown, key::kHome, key::kHome, key::kHome, key::kEnd,
					key::kBackTab}));
}

TEST(KeyReader, ASequenceMayComeInParts) {
	KeyReader reader;
	EXPECT_EQ(reader.feed("\x1b"), Keys{});
	EXPECT_TRUE(reader.waits());
	EXPECT_EQ(reader.feed("["), Keys{});
	EXPECT_EQ(reader.feed("A"), Keys{key::kUp});
	EXPECT_FALSE(reader.waits());
}

TEST(KeyReader, AnEscapeAloneIsTheKeyOnceNothingMoreCame) {
	KeyReader reader;
	EXPECT_EQ(reader.feed("\x1b"), Keys{});
	EXPECT_EQ(reader.flush(), Keys{key::kEscape});
	EXPECT_EQ(reader.feed("\x1b\x1b[A"), (Keys{key::kEscape, key::kUp}));
	// Half a sequence is no escape key.
	EXPECT_EQ(reader.feed("\x1b["), Keys{});
	EXPECT_EQ(reader.flush(), Keys{});
}

TEST(KeyReader, WhatIsNoKeyIsDropped) {
	KeyReader reader;
	// A mouse, a paste, keys with alt, UTF-8, and a sequence without an end.
	EXPECT_EQ(reader.feed("\x1b[<0;3;4Mq"), Keys{U'q'});
	EXPECT_EQ(reader.feed("\x1b[200~q"), Keys{U'q'});
	EXPECT_EQ(reader.feed("\x1bxq"), Keys{U'q'});
	EXPECT_EQ(reader.feed("\xc3\xa4q"), Keys{U'q'});
	EXPECT_EQ(reader.feed("\x1b[" + std::string(100, '1')).size(), 69U);
}

}  // namespace
}  // namespace asynclat
