// Text in an array of the kernel's size, which may fill all of it.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>

namespace asynclat {

template <size_t size>
std::string text_of(const char (&bytes)[size]) {
	return {bytes, strnlen(bytes, size)};
}

}  // namespace asynclat
