#include "asynclat/glob.h"

#include <fnmatch.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace {

bool matches(std::string glob, std::string name) {
	glob.resize(AL_GLOB_BYTES);
	name.resize(AL_GLOB_BYTES);
	return al_glob(glob.c_str(), name.c_str());
}

TEST(Glob, MatchesAsAShellDoes) {
	EXPECT_TRUE(matches("events", "events"));
	EXPECT_FALSE(matches("events", "events_unbound"));
	EXPECT_TRUE(matches("events*", "events_unbound"));
	EXPECT_TRUE(matches("*", ""));
	EXPECT_TRUE(matches("*bound", "events_unbound"));
	EXPECT_TRUE(matches("e*_*d", "events_unbound"));
	EXPECT_TRUE(matches("kblock?", "kblockd"));
	EXPECT_FALSE(matches("kblock?", "kblock"));
	EXPECT_FALSE(matches("", "events"));
	EXPECT_TRUE(matches("", ""));
	EXPECT_TRUE(matches("***", "x"));
}

TEST(Glob, TheLongestNamesFit) {
	const std::string name(31, 'a');
	EXPECT_TRUE(matches(name, name));
	EXPECT_TRUE(matches("*" + std::string(30, 'a'), name));
	EXPECT_FALSE(matches(std::string(30, 'a'), name));
}

// Against libc's fnmatch, on an alphabet small enough that most patterns nearly match.
TEST(Glob, AgreesWithFnmatchOnRandomNames) {
	std::mt19937 random(23);
	const auto word = [&](const char* letters, size_t kinds, size_t longest) {
		std::string text(random() % (longest + 1), ' ');
		for (char& c : text) c = letters[random() % kinds];
		return text;
	};
	for (int i = 0; i < 100'003; i++) {
		const std::string glob = word("ab*?", 4, 7), name = word("ab", 2, 9);
		ASSERT_EQ(matches(glob, name), fnmatch(glob.c_str(), name.c_str(), 0) == 0)
			<< "'" << glob << "' on '" << name << "'";
	}
}

}  // namespace
