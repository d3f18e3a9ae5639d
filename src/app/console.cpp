#include "app/console.h"

#include <poll.h>

#include <ctime>

#include "base/clock.h"

namespace asynclat {

std::string NoConsole::note(const std::string& text) {
	tell(text);
	return "";
}

Status attend(Console& console, Outlet& outlet, Signals& signals, uint64_t deadline_ns) {
	const uint64_t now = mono_ns();
	const uint64_t left = deadline_ns > now ? deadline_ns - now : 0;
	const timespec timeout{static_cast<time_t>(left / 1'000'000'000),
						   static_cast<long>(left % 1'000'000'000)};
	// Asking for nothing still tells of errors: the other end of a pipe has gone.
	pollfd watched[] = {
		{signals.fd(), POLLIN, 0}, {console.keys_fd(), POLLIN, 0}, {outlet.fd(), 0, 0}};
	ppoll(watched, 3, &timeout, nullptr);
	signals.drain();
	if (watched[1].revents)
		if (auto done = outlet.write(console.pressed()); !done) return done;
	if (signals.take_stop_asked()) {
		if (auto done = outlet.write(console.leave()); !done) return done;
		signals.stop_process();
		if (auto done = outlet.write(console.come_back()); !done) return done;
	}
	// Somebody else's SIGSTOP: what was on the terminal may be gone.
	if (signals.take_continued())
		if (auto done = outlet.write(console.come_back()); !done) return done;
	if (signals.take_resized()) return outlet.write(console.resized());
	return Nothing{};
}

}  // namespace asynclat
