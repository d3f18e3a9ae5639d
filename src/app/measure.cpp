#include "app/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "app/entry.h"
#include "app/thresholds.h"
#include "app/usage.h"
#include "app/version.h"
#include "base/cpu_list.h"
#include "base/units.h"
#include "base/words.h"
#include "kernel/cpus.h"
#include "kernel/session.h"

namespace asynclat {
namespace {

void say(const Options& options, const std::string& line) {
	if (!options.quiet) tell(line);
}

std::string hook_kinds(const MechanismInfo& info) {
	std::string kinds;
	for (const auto& [point, hook] : info.hooks) {
		const std::string kind = hook.substr(0, hook.find(':'));
		if (kinds.find(kind) == std::string::npos) kinds += (kinds.empty() ? "" : ", ") + kind;
	}
	return kinds;
}

// What is measured and by which kinds of hook: those are named once where neighbours share them.
void print_banner(const Options& options, const Description& description) {
	std::string names, kinds;
	for (const MechanismInfo& info : description.mechanisms) {
		const std::string own = hook_kinds(info);
		if (!names.empty()) names += own == kinds ? ", " : fmt::format(" ({}), ", kinds);
		names += mechanism(info.mechanism).name;
		kinds = own;
	}
	say(options, wrapped(fmt::format("Tracing {} ({}), {} of memory... Ctrl-C to end.", names,
									 kinds, byte_text(description.map_bytes))));
	for (const std::string& note : description.notes) say(options, wrapped("asynclat: " + note));
}

// A number that no CPU here can have is a mistake; a CPU that is offline may come back.
Status check_cpus(const Options& options) {
	const auto possible = possible_cpus();
	if (!possible) return possible.error();
	const auto online = online_cpus();
	if (!online) return online.error();
	for (const uint32_t cpu : options.request.cpus) {
		if (!std::binary_search(possible->begin(), possible->end(), cpu))
			return usage_error(fmt::format("--cpu: there is no CPU {}", cpu),
							   fmt::format("this kernel has CPUs {}", cpu_list_text(*possible)));
		if (!std::binary_search(online->begin(), online->end(), cpu))
			say(options, fmt::format("asynclat: CPU {} of --cpu is offline", cpu));
	}
	return Nothing{};
}

bool has_filter(const Request& request) {
	return !request.cpus.empty() || !request.workqueue.empty() || !request.functions.empty() ||
		   request.filters_submitters();
}

// Warns once each: a full table, a workqueue glob that matches nothing.
class Watch {
public:
	Watch(const Options& options) : options_(options) {}

	std::string operator()(const Interval& interval) {
		std::vector<std::string> lines;
		for (const MechanismData& m : interval.data.mechanisms) {
			const Mechanism& row = mechanism(m.mechanism);
			if (const uint64_t dropped = m.books.value(AL_DROPPED_FULL); dropped && !warned_full_) {
				warned_full_ = true;
				// A loss is told, also with --quiet.
				lines.push_back(fmt::format(
					"asynclat: the pending table of {} is full, {} items were not measured\n"
					"  try --max-entries {}",
					row.name, count_text(dropped),
					options_.request.max_entries.value_or(row.entries) * 4));
			}
			named_ |= std::any_of(m.groups.begin(), m.groups.end(),
								  [](const GroupData& g) { return g.kind == AL_BY_WORKQUEUE; });
		}
		if (!options_.request.workqueue.empty() && !named_ && !warned_glob_) {
			warned_glob_ = true;
			if (!options_.quiet)
				lines.push_back(
					fmt::format("asynclat: no item yet on a workqueue that --workqueue {} "
								"matches\n  asynclat -W shows their names",
								in_quotes(options_.request.workqueue)));
		}
		return fmt::format("{}", fmt::join(lines, "\n"));
	}

private:
	const Options& options_;
	bool warned_full_ = false, warned_glob_ = false, named_ = false;
};

}  // namespace

Result<Exit> measure(const Options& options, const Consumer& consume) {
	if (const Status fine = check_cpus(options); !fine) return fine.error();
	Signals signals;
	log_libbpf(options.verbose);
	const auto symbols = std::make_shared<const Symbols>(Symbols::load());
	Facts facts = gather_facts(*symbols);
	auto session = Session::open(options.request, std::move(facts), symbols, std::string(kVersion));
	if (!session) return session.error();
	const Description& description = (*session)->description();
	if (const Status fine = check_limits(options, description); !fine) return fine.error();
	print_banner(options, description);

	LoopEvents events;
	events.interval = Watch(options);
	events.still_nothing = [&]() -> std::string {
		// --workqueue: Watch tells.
		if (options.quiet || !options.request.workqueue.empty()) return "";
		const Mechanism& m = mechanism(description.mechanisms.front().mechanism);
		return has_filter(options.request)
				   ? fmt::format(
						 "No {} event has passed the filters yet. Without them, this "
						 "makes some:\n  {}",
						 m.name, m.try_it)
				   : fmt::format("No {} event yet. This makes some: {}", m.name, m.try_it);
	};
	const auto total = consume(**session, signals, events);
	if (!total) return total.error();
	return judge(options, *total);
}

Outlet outlet_of(int fd, Signals& signals, std::string name) {
	return Outlet(
		fd, signals.fd(),
		[&signals] {
			signals.drain();
			return false;
		},
		std::move(name));
}

}  // namespace asynclat
