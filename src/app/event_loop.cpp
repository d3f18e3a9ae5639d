#include "app/event_loop.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"

namespace asynclat {
namespace {

constexpr uint64_t kNever = UINT64_MAX;
constexpr uint64_t kStillNothingNs = 1'000'000'000;
constexpr uint64_t kTendEveryNs = 1'000'000'000;
constexpr uint64_t kItemsEveryNs = 100'000'000;  // a ring that wakes nobody holds so long

bool reader_gone(const Outlet& outlet) {
	pollfd watched{outlet.fd(), 0, 0};
	return outlet.closed() || (poll(&watched, 1, 0) > 0 && watched.revents & (POLLERR | POLLHUP));
}

// Reads on from one snapshot to the next, and sums up what is not reported yet and the run.
class Reading {
public:
	Reading(Source& source) : source_(source) {}

	Status next(bool last) {
		auto snapshot = last ? source_.finish() : source_.read();
		if (!snapshot) return snapshot.error();
		const Interval fresh = difference(before_, *snapshot);
		before_ = std::move(*snapshot);
		accumulate(unreported_, fresh);
		accumulate(total_, fresh);
		return Nothing{};
	}
	// The first snapshot only says where to begin.
	void begin(const Description& description) {
		before_.mono_ns = description.start_mono_ns;
		before_.wall_ns = description.start_wall_ns;
	}
	Interval take_unreported() { return std::exchange(unreported_, {}); }
	[[nodiscard]] const Interval& total() const { return total_; }

private:
	Source& source_;
	Snapshot before_;
	Interval unreported_, total_;
};

// No item in a headline, nor in a stage that counts items of its own.
bool nothing_yet(const Interval& total) {
	return std::ranges::all_of(total.data.mechanisms, [](const MechanismData& m) {
		return m.headline_count() == 0 && std::ranges::none_of(m.stages, [](const StageData& s) {
				   return s.books && !s.all_cpus().empty();
			   });
	});
}

std::string_view end_reason(const Signals& signals, const Console& console, const Outlet& outlet,
							bool counted) {
	if (signals.end_asked()) return "signal";
	if (console.quit_asked()) return "key";
	if (reader_gone(outlet)) return "closed";
	return counted ? "count" : "duration";
}

}  // namespace

Result<Interval> run_loop(Source& source, Report& report, Console& console, Outlet& outlet,
						  Signals& signals, const Schedule& schedule, const LoopEvents& events) {
	const Description& description = source.description();
	const uint64_t start = description.start_mono_ns;
	const uint64_t end = schedule.duration_ns ? start + *schedule.duration_ns : kNever;
	uint64_t tick = start + schedule.interval_ns;
	uint64_t silence = start + kStillNothingNs;
	uint64_t tend = start + kTendEveryNs;
	uint64_t items = schedule.items ? start + kItemsEveryNs : kNever;
	uint64_t reports = 0;
	Reading reading(source);
	reading.begin(description);
	if (auto done = outlet.write(report.start(description)); !done) return done.error();

	const auto say = [&](const std::string& text) -> Status {
		return text.empty() ? Status(Nothing{}) : outlet.write(console.note(text));
	};
	for (;;) {
		if (auto done =
				attend(console, outlet, signals, std::min({tick, end, silence, tend, items}));
			!done)
			return done.error();
		const uint64_t now = mono_ns();
		const bool due = now >= tick;
		const bool counted = due && schedule.count && reports + 1 >= *schedule.count;
		if (counted || now >= end || signals.end_asked() || console.quit_asked() ||
			reader_gone(outlet)) {
			const std::string_view reason = end_reason(signals, console, outlet, counted);
			if (auto done = reading.next(true); !done) return done.error();
			if (auto done = outlet.write(report.items(source.take_items(), description)); !done)
				return done.error();
			const Interval last = reading.take_unreported();
			if (auto done = say(events.interval(last)); !done) return done.error();
			const auto text = report.end(last, reading.total(), description, reason);
			if (auto done = outlet.write(text); !done) return done.error();
			return reading.total();
		}
		if (now >= items) {
			items = now + kItemsEveryNs;
			if (auto done = outlet.write(report.items(source.take_items(), description)); !done)
				return done.error();
		}
		if (now >= tend) {
			tend = now + kTendEveryNs;
			if (auto done = source.tend(); !done) return done.error();
		}
		const bool asked = signals.take_report_asked();
		if (!due && !asked && now < silence) continue;
		if (auto done = reading.next(false); !done) return done.error();
		if (now >= silence) {
			silence = kNever;
			if (nothing_yet(reading.total()))
				if (auto done = say(events.still_nothing()); !done) return done.error();
		}
		if (!due && !asked) continue;
		// After a stop (SIGSTOP, a slow reader) one report covers what was missed.
		while (tick <= now) tick += schedule.interval_ns;
		reports += due;
		const Interval interval = reading.take_unreported();
		if (auto done = say(events.interval(interval)); !done) return done.error();
		if (auto done = outlet.write(report.interval(interval, description)); !done)
			return done.error();
	}
}

}  // namespace asynclat
