#include "app/outlet.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <utility>

namespace asynclat {

Status claim_standard_files() {
	const bool had_stdout = fcntl(STDOUT_FILENO, F_GETFD) >= 0;
	// open() gives the lowest free number, so this fills the gaps below 3.
	for (int fd = open("/dev/null", O_RDWR); fd >= 0; fd = open("/dev/null", O_RDWR))
		if (fd > STDERR_FILENO) {
			close(fd);
			break;
		}
	if (!had_stdout)
		return Error{.what = "standard output is closed", .hint = "give it a file, or /dev/null"};
	return Nothing{};
}

void tell(std::string_view line) {
	std::fwrite(line.data(), 1, line.size(), stderr);
	std::fputc('\n', stderr);
}

Outlet::Outlet(int fd, int interrupt, std::function<bool()> on_interrupt, std::string name)
	: fd_(fd),
	  interrupt_(interrupt),
	  on_interrupt_(std::move(on_interrupt)),
	  name_(std::move(name)) {}

bool Outlet::wait_for_room() {
	for (;;) {
		pollfd watched[] = {{fd_, POLLOUT, 0}, {interrupt_, POLLIN, 0}};
		if (poll(watched, 2, -1) < 0 && errno != EINTR) return true;
		if (watched[1].revents && on_interrupt_()) return false;
		if (watched[0].revents) return true;
	}
}

Status Outlet::write(std::string_view text) {
	while (!text.empty() && !closed_) {
		if (!wait_for_room()) return Nothing{};
		// A pipe that has room takes this much without blocking.
		const ssize_t written = ::write(fd_, text.data(), std::min<size_t>(text.size(), PIPE_BUF));
		if (written >= 0) {
			text.remove_prefix(static_cast<size_t>(written));
		} else if (errno == EPIPE || errno == EIO) {
			closed_ = true;  // EIO: a terminal that is gone
		} else if (errno != EINTR && errno != EAGAIN) {
			return Error{
				.what = "cannot write to " + name_,
				.evidence = fmt::format("{}; {} bytes lost", std::strerror(errno), text.size())};
		}
	}
	return Nothing{};
}

}  // namespace asynclat
