#include "kernel/symbols.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace asynclat {
namespace {

constexpr const char* kTable =
	"ffffffff81000000 T first\n"
	"ffffffff81000200 t wq_barrier_func\n"
	"ffffffff81000100 t flush_to_ldisc\n"
	"ffffffff81000180 d some_data\n"
	"ffffffffc0000000 t mod_work\t[module]\n";

using Addresses = std::vector<uint64_t>;

TEST(Symbols, NamesFunctionsByTheirExactStart) {
	const Symbols symbols = Symbols::parse(kTable);
	EXPECT_EQ(symbols.name(0xffffffff81000100), "flush_to_ldisc");
	EXPECT_EQ(symbols.name(0xffffffffc0000000), "mod_work");
	EXPECT_EQ(symbols.name(0xffffffff81000101), "0xffffffff81000101");
	EXPECT_EQ(symbols.name(0xffffffff81000180), "0xffffffff81000180");
	EXPECT_EQ(symbols.address("wq_barrier_func"), 0xffffffff81000200);
	EXPECT_FALSE(symbols.address("some_data"));
}

TEST(Symbols, NamesPlacesByTheFunctionBefore) {
	const Symbols symbols = Symbols::parse(kTable);
	EXPECT_EQ(symbols.place(0xffffffff8100011c), "flush_to_ldisc+0x1c");
	EXPECT_EQ(symbols.place(0xffffffff81000100), "flush_to_ldisc+0x0");
	EXPECT_EQ(symbols.place(0xffffffffc0001000), "mod_work+0x1000");
	EXPECT_EQ(symbols.place(0xffffffff80ffffff), "0xffffffff80ffffff");
	EXPECT_EQ(Symbols::parse("").place(0x10), "0x10");
}

// Per-CPU variables have offsets for addresses on older kernels: never the name of a function.
// The last call of a function may never return: then the address behind it is the next function's.
TEST(Symbols, SayWhichFunctionAReturnAddressLiesIn) {
	const Symbols symbols = Symbols::parse(
		"ffffffff81000000 T _stext\nffffffff81000010 T panics\nffffffff81000040 T next\n"
		"ffffffff82000000 T _etext\nffffffffc0000000 t in_module [ext4]\n");
	EXPECT_EQ(symbols.place_of_return(0xffffffff81000020), "panics+0x10");
	EXPECT_EQ(symbols.place_of_return(0xffffffff81000040), "panics+0x30");
	EXPECT_EQ(symbols.place_of_return(0xffffffffc0000123), "in_module+0x123");
	EXPECT_EQ(symbols.place_of_return(0x1000), "0x1000");
	EXPECT_TRUE(symbols.is_core(0xffffffff81000041));
	EXPECT_FALSE(symbols.is_core(0xffffffffc0000123));
	EXPECT_EQ(Symbols::parse("").place_of_return(0x42), "0x42");
}

TEST(Symbols, KnowTheVariablesThatAreNeeded) {
	const Symbols symbols = Symbols::parse(
		"000000000001b1c0 A raised_list\nffffffff82000000 d other_list\n"
		"ffffffff83000000 R __per_cpu_offset\nffffffff81000000 T first\n");
	EXPECT_EQ(symbols.address("raised_list"), 0x1b1c0);
	EXPECT_EQ(symbols.address("__per_cpu_offset"), 0xffffffff83000000);
	EXPECT_FALSE(symbols.address("lazy_list"));
	EXPECT_FALSE(symbols.address("other_list"));
	EXPECT_EQ(symbols.name(0x1b1c0), "0x1b1c0");
	EXPECT_EQ(symbols.select({"*"}).addresses.size(), 1U);
}

// kptr_restrict shows zeros: no names then, never a wrong one.
TEST(Symbols, ZerosAreNoAddresses) {
	const Symbols symbols = Symbols::parse("0000000000000000 T first\n0000000000000000 t second\n");
	EXPECT_TRUE(symbols.empty());
	EXPECT_EQ(symbols.name(0x10), "0x10");
}

TEST(Symbols, SurviveLinesThatAreNone) {
	EXPECT_TRUE(Symbols::parse("").empty());
	EXPECT_TRUE(Symbols::parse("\n\n").empty());
	EXPECT_TRUE(Symbols::parse("ffffffff81000000").empty());
	EXPECT_TRUE(Symbols::parse("ffffffff81000000 T").empty());
	EXPECT_TRUE(Symbols::parse("nonsense\n").empty());
}

// A file is read in pieces: a line across two of them is one line.
TEST(Symbols, LoadsATableLargerThanAPiece) {
	const std::string path = testing::TempDir() + "kallsyms";
	std::ofstream file(path);
	for (uint64_t i = 1; i <= 20'011; i++)
		file << std::hex << i * 16 << " t function_" << i << "\n";
	file.close();
	const Symbols symbols = Symbols::load(path);
	for (uint64_t i = 1; i <= 20'011; i++) {
		std::ostringstream name;
		name << "function_" << std::hex << i;
		ASSERT_EQ(symbols.name(i * 16), name.str());
	}
	EXPECT_TRUE(Symbols::load("/nonexistent").empty());
}

TEST(Symbols, SelectByGlobs) {
	const Symbols symbols = Symbols::parse(kTable);
	EXPECT_EQ(symbols.select({"f*"}).addresses,
			  (Addresses{0xffffffff81000000, 0xffffffff81000100}));
	EXPECT_EQ(symbols.select({"f*", "!first"}).addresses, Addresses{0xffffffff81000100});
	const auto left_out = symbols.select({"!*_work"});
	EXPECT_TRUE(left_out.leave_out);
	EXPECT_EQ(left_out.addresses, Addresses{0xffffffffc0000000});
	EXPECT_EQ(symbols.select({"nothing*", "first"}).unmatched,
			  std::vector<std::string>{"nothing*"});
}

}  // namespace
}  // namespace asynclat
