#include <fmt/format.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/file_reports.h"
#include "app/measure.h"
#include "app/output_file.h"
#include "base/units.h"
#include "base/words.h"

namespace asynclat {
namespace {

// The run as the bytes of a recording. With --json stdout gets its lines too; that it cannot take
// them does not end the recording, and is told at last.
class RecordReport : public Report {
public:
	RecordReport(const Options& options, Signals& signals)
		: options_(options), stdout_(outlet_of(STDOUT_FILENO, signals)) {
		if (options.json) json_ = make_report(options, {}, {});
	}

	std::string start(const Description& description) override {
		if (json_) print(json_->start(description));
		std::string bytes = writer_.start(description, host_name());
		bytes_ = bytes.size();
		return bytes;
	}
	std::string interval(const Interval& interval, const Description& description) override {
		if (json_) print(json_->interval(interval, description));
		return keep(interval);
	}
	std::string end(const Interval& last, const Interval& total, const Description& description,
					std::string_view reason) override {
		if (json_) print(json_->end(last, total, description, reason));
		return keep(last) + RecordingWriter::end(reason);
	}

	[[nodiscard]] uint64_t intervals() const { return intervals_; }
	// Of these, those that a file of this size holds whole: all, or all but the last.
	[[nodiscard]] uint64_t intervals_in(uint64_t size) const {
		return intervals_ - (intervals_ && size < bytes_ ? 1 : 0);
	}
	[[nodiscard]] const Status& printed() const { return printed_; }

private:
	std::string keep(const Interval& interval) {
		std::string bytes = writer_.interval(interval);
		intervals_++;
		bytes_ += bytes.size();
		if (!options_.quiet && isatty(STDERR_FILENO))
			fmt::print(stderr, "\r{} intervals, {} ", count_text(intervals_), byte_text(bytes_));
		return bytes;
	}
	void print(const std::string& text) {
		if (printed_) printed_ = stdout_.write(text);
	}

	const Options& options_;
	RecordingWriter writer_;
	std::unique_ptr<Report> json_;
	Outlet stdout_;
	Status printed_ = Nothing{};
	uint64_t intervals_ = 0, bytes_ = 0;
};

std::string intervals_text(uint64_t count) {
	return fmt::format("{} {}", count_text(count), count == 1 ? "interval" : "intervals");
}

// The loop's error, and what of the run is in the file all the same.
Error with_what_is_kept(Error error, const Options& options, uint64_t intervals) {
	if (!error.hint.empty()) error.hint += "; ";
	error.hint += intervals ? fmt::format("{} holds {}: asynclat replay shows what it can",
										  in_quotes(options.file), intervals_text(intervals))
							: fmt::format("{} holds no whole interval", in_quotes(options.file));
	return error;
}

}  // namespace

Result<Exit> run_record(const Options& options) {
	auto file = OutputFile::create(options.file, options.force);
	if (!file) return file.error();
	auto exit = measure(
		options,
		[&](Source& source, Signals& signals, const LoopEvents& events) -> Result<Interval> {
			RecordReport report(options, signals);
			Outlet outlet = outlet_of(file->fd(), signals, in_quotes(options.file));
			NoConsole nobody;
			auto total =
				run_loop(source, report, nobody, outlet, signals, schedule_of(options), events);
			if (!options.quiet && isatty(STDERR_FILENO)) tell("");
			if (!total)
				return with_what_is_kept(total.error(), options, report.intervals_in(file->size()));
			if (const Status safe = file->sync(); !safe) return safe.error();
			if (!options.quiet)
				tell(fmt::format("asynclat: {} holds {} in {}", in_quotes(options.file),
								 intervals_text(report.intervals()), byte_text(file->size())));
			if (!report.printed()) return report.printed().error();
			return total;
		});
	if (!exit && !file->size()) file->take_back();
	return exit;
}

}  // namespace asynclat
