// --dump: keeps the last seconds of a run, and writes them when an interval exceeds a limit of
// --on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/black_box.h"
#include "app/keeping_source.h"
#include "app/options.h"
#include "base/result.h"

namespace asynclat {

inline constexpr uint32_t kMostDumps = 100;  // files of a run

class Dump {
public:
	// Could the first file be written now? To be asked before anything is attached.
	static Status check(const Options& options);
	// For people: what is kept and in how much memory.
	static std::string banner(const Options& options);

	// Both must outlive this.
	Dump(const Options& options, Source& source);

	// What the loop is to read instead of the source.
	[[nodiscard]] Source& source() { return source_; }
	// An interval has ended: what is to be said about that, if anything.
	std::string interval(const Interval& interval);
	// The same, of the whole run.
	[[nodiscard]] std::string end() const;
	// A file could not be written.
	[[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

private:
	[[nodiscard]] const Limit* exceeded(const Interval& interval) const;
	[[nodiscard]] bool is_due(uint64_t now_ns) const;
	// Writes the files under the next free name, which it returns.
	Result<std::string> write(const Description& description);
	Status write_file(const std::string& path, Report& report, const Description& description);
	// In the kept intervals.
	[[nodiscard]] uint64_t dropped(al_book book) const;
	std::string success(const std::string& why, const std::string& name) const;

	const Options& options_;
	BlackBox box_;
	KeepingSource source_;
	std::optional<uint64_t> written_at_ns_;  // or tried
	uint32_t number_ = 0;                    // of the next file
	uint32_t written_ = 0;
	uint64_t passed_over_ = 0;  // intervals that exceeded a limit and were not written
	std::optional<Error> failure_;
};

}  // namespace asynclat
