// A kernel as `asynclat doctor --facts` told it there.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "kernel/facts.h"

namespace asynclat {

inline Facts fixture(const std::string& name) {
	std::ifstream file(std::string(SOURCE_DIR "/tests/facts/") + name + ".txt");
	std::stringstream text;
	text << file.rdbuf();
	const auto facts = facts_from_text(text.str());
	EXPECT_TRUE(facts) << facts.error().what;
	return *facts;
}

}  // namespace asynclat
