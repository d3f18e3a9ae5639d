// How a call below app/ says that it failed: what failed, the evidence, what to do.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace asynclat {

// Exit statuses of the command (docs/output.md).
enum class Exit {
	done = 0,
	failed = 1,
	usage = 2,
	unsupported = 3,
	permission = 4,
	exceeded = 5,
	lossy = 6,
	interrupted = 130,
};

struct Error {
	Exit exit = Exit::failed;
	std::string what;      // what failed: "cannot load workqueue.bpf.o"
	std::string evidence;  // what the system said; may be empty
	std::string hint;      // what to do about it; may be empty
};

// Either a value or an Error.
template <typename T>
class [[nodiscard]] Result {
public:
	Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
	Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

	explicit operator bool() const { return state_.index() == 0; }
	T& operator*() { return std::get<0>(state_); }
	const T& operator*() const { return std::get<0>(state_); }
	T* operator->() { return &std::get<0>(state_); }
	const T* operator->() const { return &std::get<0>(state_); }
	const Error& error() const { return std::get<1>(state_); }

private:
	std::variant<T, Error> state_;
};

struct Nothing {};
using Status = Result<Nothing>;

}  // namespace asynclat
