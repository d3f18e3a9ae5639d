#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "app/commands.h"
#include "app/entry.h"
#include "app/file_reports.h"
#include "app/measure.h"
#include "app/output_file.h"
#include "app/replay_loop.h"
#include "app/show.h"
#include "app/thresholds.h"
#include "app/usage.h"
#include "base/cpu_list.h"
#include "base/units.h"
#include "base/words.h"
#include "recording/demo_recording.h"

namespace asynclat {
namespace {

std::string recorded_names(const Replay& replay) {
	std::vector<std::string_view> names;
	for (const MechanismInfo& info : replay.recorded().mechanisms)
		names.push_back(mechanism(info.mechanism).name);
	return names.empty() ? "nothing that this asynclat knows" : one_of(names);
}

// What is asked for and not in the recording.
Status check_choice(const Request& request, const Replay& replay) {
	const Description& recorded = replay.recorded();
	for (const al_mechanism id : request.mechanisms)
		if (!recorded.find(id))
			return Error{Exit::unsupported,
						 fmt::format("the recording has no {}", mechanism(id).name), "",
						 "it has " + recorded_names(replay)};
	for (const uint32_t cpu : request.cpus)
		if (std::find(recorded.cpus.begin(), recorded.cpus.end(), cpu) == recorded.cpus.end())
			return usage_error(
				fmt::format("--cpu: there is no CPU {}", cpu),
				fmt::format("the recording is of CPUs {}", cpu_list_text(recorded.cpus)));
	const auto& shown = replay.description().mechanisms;
	if (std::all_of(shown.begin(), shown.end(),
					[](const MechanismInfo& info) { return info.stages.empty(); }))
		return Error{Exit::unsupported, "the recording has none of these stages", "",
					 "without --stage all that it has is shown"};
	return Nothing{};
}

// A note begins with the mechanism that it is about, if it is about one.
bool is_about(const std::string& note, const Request& request) {
	if (request.mechanisms.empty()) return true;
	const Mechanism* const about =
		find_mechanism(std::string_view(note).substr(0, note.find_first_of(" :")));
	return !about || std::find(request.mechanisms.begin(), request.mechanisms.end(), about->id) !=
						 request.mechanisms.end();
}

void tell_origin(const Replay& replay, const Request& request) {
	const Description& d = replay.description();
	tell(fmt::format("Recorded on {}, Linux {}, by asynclat {}.",
					 replay.host().empty() ? "a host" : escape(replay.host()), escape(d.kernel),
					 escape(d.version)));
	for (const std::string& note : d.notes)
		if (is_about(note, request)) tell(wrapped("asynclat: " + escape(note)));
	if (!request.cpus.empty())
		tell(
			wrapped("asynclat: functions, workqueues and the like are recorded for all CPUs "
					"together: with --cpu they are not shown"));
}

Result<Interval> show(const Options& options, Replay& replay, Signals& signals) {
	const Pace pace{options.speed, options.step};
	const Show show(options, signals, Viewer::Pause::run, !pace.speed && !pace.step);
	Outlet outlet = outlet_of(STDOUT_FILENO, signals);
	return replay_loop(replay, show.report(), show.console(), outlet, signals, pace);
}

// The file that is made of the recording; empty: none, it is shown.
const std::string& output_of(const Options& options) {
	return options.html.empty() ? options.trace : options.html;
}

Result<Interval> write_file(const Options& options, Replay& replay, const OutputFile& file,
							Report& report, Signals& signals) {
	NoConsole nobody;
	Outlet outlet = outlet_of(file.fd(), signals, in_quotes(output_of(options)));
	return replay_loop(replay, report, nobody, outlet, signals, {options.speed, options.step});
}

Result<Interval> write_page(const Options& options, Replay& replay, const OutputFile& page,
							Signals& signals) {
	auto total = write_file(options, replay, page, *make_page_report(replay.host()), signals);
	if (total && !options.quiet)
		tell(fmt::format("asynclat: {} is a page of {}", in_quotes(options.html),
						 byte_text(page.size())));
	return total;
}

Result<Interval> write_trace(const Options& options, Replay& replay, const OutputFile& trace,
							 Signals& signals) {
	TraceReport report;
	auto total = write_file(options, replay, trace, report, signals);
	if (total && !report.items())
		tell(
			"asynclat: the recording has no items, those that --dump writes have: the trace is "
			"empty");
	else if (total && !options.quiet)
		tell(fmt::format("asynclat: {} has {} items, for ui.perfetto.dev", in_quotes(options.trace),
						 count_text(report.items())));
	return total;
}

Result<Exit> play(const Options& options, int fd) {
	const Request& request = options.request;
	Signals signals;
	auto opened =
		Replay::open(fd, {request.mechanisms, request.stages, request.cpus}, signals.fd());
	if (!opened) return opened.error();
	Replay& replay = **opened;
	if (const Status fine = check_choice(request, replay); !fine) return fine.error();
	if (const Status fine = check_limits(options, replay.description()); !fine) return fine.error();
	std::optional<OutputFile> file;
	if (!output_of(options).empty()) {
		auto made = OutputFile::create(output_of(options), options.force, fd);
		if (!made) return made.error();
		file.emplace(std::move(*made));
	}
	if (!options.quiet) tell_origin(replay, request);
	const auto total = !file                  ? show(options, replay, signals)
					   : options.html.empty() ? write_trace(options, replay, *file, signals)
											  : write_page(options, replay, *file, signals);
	if (!total) return total.error();
	if (replay.out_of_order())
		tell(fmt::format("asynclat: {} intervals out of order were left out",
						 count_text(replay.out_of_order())));
	if (replay.has_more()) tell("asynclat: what follows the end of the recording was left out");
	if (const auto& damage = replay.damage(); damage && replay.at_end() && !signals.end_asked()) {
		Error error = *damage;
		if (error.hint.empty()) error.hint = "what came before it was shown";
		return error;
	}
	return judge(options, *total);
}

}  // namespace

Result<Exit> run_replay(const Options& options) {
	const int fd = options.file == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
									   : open(options.file.c_str(), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return Error{.what = fmt::format("cannot read {}", in_quotes(options.file)),
					 .evidence = std::strerror(errno)};
	return play(options, fd);
}

Result<Exit> run_demo(const Options& options) {
	const int fd = memfd_create("asynclat demo", MFD_CLOEXEC);
	const std::string_view bytes = demo_recording();
	if (fd < 0 || write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
		lseek(fd, 0, SEEK_SET))
		return Error{.what = "cannot play the demo", .evidence = std::strerror(errno)};
	Options as_it_was = options;
	const bool watched = isatty(STDOUT_FILENO) && output_of(options).empty() && !options.step;
	if (watched && !options.speed) as_it_was.speed = 1;
	return play(as_it_was, fd);
}

}  // namespace asynclat
