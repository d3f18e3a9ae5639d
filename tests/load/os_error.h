// The Error of a system call that has just failed.
#pragma once

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/result.h"

namespace asynclat::load {

inline Error os_error(std::string what, std::string hint = {}) {
	return {Exit::failed, std::move(what), std::strerror(errno), std::move(hint)};
}

}  // namespace asynclat::load
