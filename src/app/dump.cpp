#include "app/dump.h"

#include <fmt/format.h>

#include <filesystem>

#include "app/file_reports.h"
#include "app/outlet.h"
#include "app/output_file.h"
#include "app/thresholds.h"
#include "base/units.h"
#include "base/words.h"

namespace asynclat {
namespace {

std::string file_name(const std::string& file, uint32_t number) {
	return number ? fmt::format("{}.{}", file, number) : file;
}

std::string trace_name(const std::string& recording) { return recording + ".json"; }

bool is_there(const std::string& path) {
	std::error_code ignored;
	return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

std::string counted(uint64_t count, std::string_view one) {
	return fmt::format("{} {}{}", count_text(count), one, count == 1 ? "" : "s");
}

std::string why_written(const Limit& limit, const Interval& interval) {
	std::string why = fmt::format("--on {} was exceeded: it was {}", limit.text,
								  short_duration_text(value_of(limit, interval).value_or(0)));
	if (const auto slowest = slowest_of(limit, interval))
		why += fmt::format(" in {} on cpu {}", escape(slowest->function), slowest->cpu);
	return why;
}

}  // namespace

Status Dump::check(const Options& options) {
	for (const std::string& path : {options.dump.file, trace_name(options.dump.file)})
		if (Status fine = OutputFile::check(path, options.force); !fine) return fine;
	return Nothing{};
}

std::string Dump::banner(const Options& options) {
	return fmt::format(
		"asynclat: --dump keeps the last {}, in at most {} of memory: intervals, items that waited "
		"{} or longer, and runs",
		duration_text(kDumpSpanNs), byte_text(BlackBoxRoom{}.bytes()),
		duration_text(options.request.min_ns.value_or(0)));
}

Dump::Dump(const Options& options, Source& source)
	: options_(options), source_(source, box_, options.shows_items) {}

const Limit* Dump::exceeded(const Interval& interval) const {
	for (const Limit& limit : options_.dump.on)
		if (value_of(limit, interval).value_or(0) > limit.limit_ns) return &limit;
	return nullptr;
}

bool Dump::is_due(uint64_t now_ns) const {
	if (!written_at_ns_) return true;
	// Intervals end a little early or late: of one that is due by half, it is the turn.
	const uint64_t due_ns =
		*written_at_ns_ + options_.dump.every_ns.value_or(0) - options_.interval_ns / 2;
	return options_.dump.every_ns && now_ns >= due_ns && written_ < kMostDumps;
}

std::string Dump::interval(const Interval& interval) {
	source_.keep();
	if (interval.length_ns) box_.add(interval);
	const Limit* const limit = exceeded(interval);
	if (!limit || box_.intervals().entries().empty()) return "";
	if (!is_due(interval.data.mono_ns)) {
		passed_over_++;
		return "";
	}
	written_at_ns_ = interval.data.mono_ns;
	const std::string why = why_written(*limit, interval);
	Description description = source_.description();
	description.notes.push_back(why);
	description.notes.emplace_back(
		"the run went on: the books may be off by items that came while they were read");
	const auto name = write(description);
	if (!name) {
		failure_ = name.error();
		return fmt::format("asynclat: {}\n  {}: {}", why, failure_->what, failure_->evidence);
	}
	written_++;
	return options_.quiet ? "" : success(why, *name);
}

std::string Dump::success(const std::string& why, const std::string& name) const {
	std::string left_out;
	for (const auto& [count, what] : {std::pair{box_.items().thrown_away(), "item"},
									  std::pair{box_.runs().thrown_away(), "run"}})
		if (count) left_out += fmt::format(", {} found no room", counted(count, what));
	for (const auto& [book, what] :
		 {std::pair{AL_ITEMS_DROPPED, "item"}, std::pair{AL_RUNS_DROPPED, "run"}})
		if (const uint64_t count = dropped(book))
			left_out += fmt::format(", {} dropped in the kernel", counted(count, what));
	return fmt::format(
		"asynclat: {}\n  {} has what came before: {}, {}, {}{}\n"
		"  asynclat replay {}; {} is for ui.perfetto.dev{}",
		why, in_quotes(name), counted(box_.intervals().entries().size(), "interval"),
		counted(box_.items().entries().size(), "item"),
		counted(box_.runs().entries().size(), "run"), left_out, in_quotes(name),
		in_quotes(trace_name(name)),
		dropped(AL_ITEMS_DROPPED) ? "\n  a longer --min tells of fewer, and drops none" : "");
}

uint64_t Dump::dropped(al_book book) const {
	uint64_t count = 0;
	for (const auto& entry : box_.intervals().entries())
		for (const MechanismData& m : entry.thing.data.mechanisms) count += m.books.value(book);
	return count;
}

Result<std::string> Dump::write(const Description& description) {
	// Without --force what is there stays, also what another run has left.
	while (number_ && number_ < kMostDumps && !options_.force &&
		   (is_there(file_name(options_.dump.file, number_)) ||
			is_there(trace_name(file_name(options_.dump.file, number_)))))
		number_++;
	std::string name = file_name(options_.dump.file, number_++);
	RecordingReport recording;
	if (const Status done = write_file(name, recording, description); !done) return done.error();
	TraceReport trace;
	if (const Status done = write_file(trace_name(name), trace, description); !done)
		return done.error();
	return name;
}

Status Dump::write_file(const std::string& path, Report& report, const Description& description) {
	const auto file = OutputFile::create(path, options_.force);
	if (!file) return file.error();
	Outlet outlet(file->fd(), -1, {}, in_quotes(path));
	Status done = box_.tell(report, description, kDumped, [&](std::string_view text) {
		source_.fetch();
		return outlet.write(text);
	});
	// What an outlet takes for a reader who has gone is an error of the disk here.
	if (done && outlet.closed())
		done = Error{.what = "cannot write to " + in_quotes(path), .evidence = "the disk fails"};
	if (done)
		file->begin_sync();
	else
		file->take_back();
	return done;
}

std::string Dump::end() const {
	if (!written_at_ns_)
		return fmt::format(
			"asynclat: --dump: no interval exceeded a limit of --on, so {} was not written",
			in_quotes(options_.dump.file));
	if (!passed_over_) return "";
	return fmt::format("asynclat: --dump: {} more exceeded a limit of --on{}",
					   counted(passed_over_, "interval"),
					   options_.dump.every_ns ? "" : "; --dump-every writes more than once");
}

}  // namespace asynclat
