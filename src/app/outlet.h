// Where data goes: whole texts to a file descriptor, without ever blocking deaf to signals.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace asynclat {

// Sees to it that descriptors 0 to 2 are open, so that no BPF descriptor becomes one of them.
// Fails if stdout was closed.
Status claim_standard_files();

// Writes a line to stderr. One that cannot be written is lost: there is nowhere left to say so.
void tell(std::string_view line);

class Outlet {
public:
	// `interrupt` is polled beside `fd`, -1 for none; where it becomes readable, on_interrupt is
	// called, and says whether to give up the writing.
	explicit Outlet(int fd, int interrupt = -1, std::function<bool()> on_interrupt = {},
					std::string name = "standard output");

	// Writes everything, or fails with how much was lost. A reader who has gone is no failure: the
	// outlet is closed from then on, and writing to it does nothing.
	Status write(std::string_view text);
	[[nodiscard]] bool closed() const { return closed_; }
	[[nodiscard]] int fd() const { return fd_; }

private:
	// Waits until fd can take some; false: gave up.
	bool wait_for_room();

	int fd_;
	int interrupt_;
	std::function<bool()> on_interrupt_;
	std::string name_;  // for errors
	bool closed_ = false;
};

}  // namespace asynclat
