// Compares a picture with tests/golden/NAME, whole; UPDATE_GOLDENS=1 rewrites the file instead.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace asynclat {

inline void expect_golden(const std::string& name, const std::string& actual) {
	const std::string path = std::string(SOURCE_DIR) + "/tests/golden/" + name;
	if (std::getenv("UPDATE_GOLDENS")) {
		std::ofstream file(path, std::ios::trunc);
		file << actual;
		ASSERT_TRUE(file.flush()) << "cannot write " << path;
		return;
	}
	std::ifstream file(path);
	ASSERT_TRUE(file) << "no " << path << "; UPDATE_GOLDENS=1 makes it";
	const std::string expected{std::istreambuf_iterator<char>(file), {}};
	EXPECT_EQ(expected, actual) << path << ": if the change is meant, run with UPDATE_GOLDENS=1";
}

}  // namespace asynclat
