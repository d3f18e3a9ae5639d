// Everything that a user can ask for, with the defaults in one place.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "asynclat/abi.h"
#include "kernel/request.h"
#include "view/views.h"

namespace asynclat {

enum class Command { live, pending, record, replay, demo, doctor, list };

// What `asynclat pending` lists is so old, unless --min says otherwise.
inline constexpr uint64_t kPendingMinNs = 100'000'000;

// How the histograms are split for people; JSON always has every row.
enum class Grouping { none, cpu, function, workqueue, pool };

enum class ColorChoice { automatic, always, never };

// workqueue.wait.p99=10ms, of --fail-if and --on. The quantile is 0..1; 1 is the maximum, 0 the
// minimum.
struct Limit {
	al_stage stage{};
	double quantile = 1;
	uint64_t limit_ns = 0;
	std::string text;
};

// --dump: where to, and what must be exceeded in an interval.
struct DumpOptions {
	std::string file;  // empty: no dump
	std::vector<Limit> on;
	std::optional<uint64_t> every_ns;  // absent: once
};

struct Options {
	Command command = Command::live;
	Request request;  // what to measure

	uint64_t interval_ns = 1'000'000'000;
	std::optional<uint64_t> count;        // reports; absent: for ever
	std::optional<uint64_t> duration_ns;  // absent: for ever
	const ViewRow* view = &views().front();
	Grouping grouping = Grouping::none;
	bool timestamps = false;
	bool nanoseconds = false;
	ColorChoice color = ColorChoice::automatic;
	bool ascii = false;
	bool json = false;
	bool verbose = false;
	bool quiet = false;
	std::vector<Limit> fail_if;
	DumpOptions dump;
	bool shows_items = false;  // --min: they are also collected for --dump
	std::optional<double> max_loss_percent;

	std::string file;             // record, replay
	std::string html;             // replay --html; empty: none
	std::string trace;            // replay --trace; empty: none
	bool force = false;           // replaces a file that is there
	std::optional<double> speed;  // replay; absent: at once
	bool step = false;            // replay: an interval for each line on stdin

	bool facts = false;     // doctor --facts
	bool markdown = false;  // list --markdown
};

// What it shows, keeps or tells is of every stage, unless --stage says otherwise.
inline bool takes_every_stage(const Options& options) {
	const bool recorded = options.command == Command::record ||
						  options.command == Command::replay || options.command == Command::demo;
	return recorded || options.view->needs_stages || options.request.min_ns ||
		   !options.dump.file.empty();
}

}  // namespace asynclat
