#include "view/frame.h"

#include <gtest/gtest.h>

namespace asynclat {
namespace {

TEST(Frame, RendersRowsWithoutTrailingBlanks) {
	Frame frame(20);
	frame.put("a  ");
	frame.put("b", Style::bar);
	frame.put("   ");
	frame.new_row();
	frame.new_row();
	frame.put("c");
	EXPECT_EQ(frame.text(), "a  b\n\nc\n");
	EXPECT_EQ(frame.rows()[0][3].style, Style::bar);
	EXPECT_EQ(frame.rows()[0][0].style, Style::plain);
}

TEST(Frame, EmptyRendersToNothing) { EXPECT_EQ(Frame(80).text(), ""); }

TEST(Frame, FlowsWordsIntoFurtherRows) {
	Frame frame(12);
	frame.flow({"one", "two", "three", "four"}, " ", {0, 2});
	EXPECT_EQ(frame.text(), "one two\n  three four\n");
}

TEST(Frame, TheGapIsLeftOutWhereARowEnds) {
	Frame frame(10);
	frame.flow({"wait", "function f"}, ", ");
	EXPECT_EQ(frame.text(), "wait\nfunction f\n");
}

TEST(Frame, CutsAWordLongerThanARow) {
	Frame frame(5);
	frame.flow({"abcdefghij"}, " ", {0, 1});
	EXPECT_EQ(frame.text(), "abcde\n fghi\n j\n");
	Frame narrow(1);
	narrow.flow({"abc"}, " ", {4, 4});
	EXPECT_EQ(narrow.text(), "a\nb\nc\n");
}

TEST(Frame, CutsALongWordAtItsBlanks) {
	Frame frame(13);
	frame.flow({"delayed_work late: no events"}, " ", {1, 2});
	EXPECT_EQ(frame.text(), " delayed_work\n  late: no\n  events\n");
}

TEST(Frame, EscapesWhatIsNotPrintableAscii) {
	Frame frame(40);
	frame.put("\x1b[31m\n\x7f\xc3\xa9");
	EXPECT_EQ(frame.text(), "\\x1b[31m\\x0a\\x7f\\xc3\\xa9\n");
	for (const Cell& cell : frame.rows()[0]) EXPECT_LT(cell.glyph, 0x7fU);
}

TEST(Frame, EscapedWordsAreMeasuredAsTheyAreShown) {
	Frame frame(10);
	frame.flow({"abcd", "\x01\x02"}, " ");
	EXPECT_EQ(frame.text(), "abcd\n\\x01\\x02\n");
}

TEST(Frame, WhatIsCutSaysSo) {
	Frame frame(10);
	frame.put_within("abcdef", 4);
	frame.pad_to(6);
	frame.put_within("gh", 4);
	EXPECT_EQ(frame.text(), "abc~  gh\n");
	EXPECT_EQ(frame.room_left(), 2u);
}

TEST(Frame, ARowOfWordsTakesThoseThatFit) {
	Frame frame(10);
	frame.row_of({"abcd", "too long", "efgh"}, "  ", Style::title);
	EXPECT_EQ(frame.text(), "abcd  efgh\n");
}

TEST(Frame, AShadeIsACharacterByStep) {
	Frame frame(10);
	for (unsigned step = 0; step <= kSteps + 1; step++) frame.put_shade(step);
	EXPECT_EQ(frame.text(), " .:-=+*#@@\n");
	EXPECT_EQ(frame.rows()[0][0].style, Style::plain);
	EXPECT_EQ(frame.rows()[0][1].style, Style::shade);
}

TEST(Frame, CropsRowsAndColumns) {
	Frame frame(3);
	frame.put("abcdef");
	frame.new_row();
	frame.put("g");
	frame.crop(1);
	EXPECT_EQ(frame.text(), "abc\n");
}

TEST(Frame, AppendsBelow) {
	Frame top(10);
	top.put("top");
	Frame below(10);
	below.put("below", Style::title);
	top.append(below);
	EXPECT_EQ(top.text(), "top\nbelow\n");
	EXPECT_EQ(top.rows()[1][0].style, Style::title);
}

}  // namespace
}  // namespace asynclat
