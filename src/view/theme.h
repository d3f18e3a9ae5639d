// How what a frame means is shown: with which colours and in which characters.
#pragma once

namespace asynclat {

enum class Colours { none, indexed, direct };  // of none, 256, 24-bit

struct Theme {
	Colours colours = Colours::none;
	bool utf8 = false;
};

}  // namespace asynclat
