#include "app/replay_loop.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>

#include "base/clock.h"

namespace asynclat {
namespace {

constexpr uint64_t kNever = UINT64_MAX;

// Waits as the pace and the person say; false: this is to be the end.
class Pacer {
public:
	Pacer(const Pace& pace, Console& console, Outlet& outlet, Signals& signals)
		: pace_(pace), console_(console), outlet_(outlet), signals_(signals) {}

	Result<bool> wait(uint64_t length_ns) {
		if (pace_.step && console_.keys_fd() < 0) return wait_for_line();
		if (pace_.speed) due_ns_ += scaled(length_ns);
		for (;;) {
			// At once: what has been pressed meanwhile counts, nothing is waited for.
			const bool now = !console_.paused() && mono_ns() >= due_ns_;
			const uint64_t deadline = now ? 0 : console_.paused() ? kNever : due_ns_;
			if (auto done = attend(console_, outlet_, signals_, deadline); !done)
				return done.error();
			if (ended()) return false;
			if (console_.take_step()) return true;
			if (console_.paused())
				due_ns_ = mono_ns();
			else if (mono_ns() >= due_ns_)
				return true;
		}
	}

	// Until the person has seen enough.
	Status hold() {
		while (!ended())
			if (auto done = attend(console_, outlet_, signals_, kNever); !done) return done;
		return Nothing{};
	}

private:
	[[nodiscard]] bool ended() const {
		return signals_.end_asked() || console_.quit_asked() || outlet_.closed();
	}
	[[nodiscard]] uint64_t scaled(uint64_t length_ns) const {
		constexpr double kLongestNs = 1e18;
		return static_cast<uint64_t>(
			std::min(kLongestNs, static_cast<double>(length_ns) / *pace_.speed));
	}
	bool wait_for_line() {
		for (char key = 0; key != '\n';) {
			pollfd watched[] = {{signals_.fd(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
			poll(watched, 2, -1);
			signals_.drain();
			if (ended()) return false;
			if (watched[1].revents && (read(STDIN_FILENO, &key, 1) != 1 || key == 'q'))
				return false;
		}
		return true;
	}

	Pace pace_;
	Console& console_;
	Outlet& outlet_;
	Signals& signals_;
	uint64_t due_ns_ = mono_ns();
};

}  // namespace

Result<Interval> replay_loop(Replay& replay, Report& report, Console& console, Outlet& outlet,
							 Signals& signals, const Pace& pace) {
	const Description& description = replay.description();
	Pacer pacer(pace, console, outlet, signals);
	Snapshot before;
	before.mono_ns = description.start_mono_ns;
	before.wall_ns = description.start_wall_ns;
	Interval total;
	if (auto done = outlet.write(report.start(description)); !done) return done.error();
	for (;;) {
		const auto goes_on = pacer.wait(replay.next_length_ns().value_or(0));
		if (!goes_on) return goes_on.error();
		const bool last = *goes_on && replay.at_last();
		Interval interval;  // none where the person has seen enough: it was not shown
		if (*goes_on) {
			auto snapshot = last ? replay.finish() : replay.read();
			if (!snapshot) return snapshot.error();
			interval = difference(before, *snapshot);
			before = std::move(*snapshot);
			accumulate(total, interval);
		}
		if (const std::string text =
				report.items(replay.take_items(), description) + report.runs(replay.take_runs());
			!text.empty())
			if (auto done = outlet.write(text); !done) return done.error();
		// A picture stays until the person leaves it, who must be able to.
		const bool stays = last && console.has_picture() && console.keys_fd() >= 0;
		if (*goes_on && (!last || stays))
			if (auto done = outlet.write(report.interval(interval, description)); !done)
				return done.error();
		if (*goes_on && !last) continue;
		if (stays) {
			if (auto done = outlet.write(console.last_picture()); !done) return done.error();
			if (auto done = pacer.hold(); !done) return done.error();
			interval = {};
		}
		const std::string_view reason = last                   ? replay.reason()
										: signals.end_asked()  ? "signal"
										: console.quit_asked() ? "key"
															   : "closed";
		if (auto done = outlet.write(report.end(interval, total, description, reason)); !done)
			return done.error();
		return total;
	}
}

}  // namespace asynclat
