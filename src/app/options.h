// Everything that a user can ask for, with the defaults in one place.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "asynclat/abi.h"
#include "kernel/request.h"

namespace asynclat {

enum class Command { live, doctor, list };

// How the histograms are split for people; JSON always has every row.
enum class Grouping { none, cpu, function, workqueue, pool };

// --fail-if workqueue.wait.p99=10ms. The quantile is 0..1; 1 is the maximum, 0 the minimum.
struct FailIf {
	al_stage stage{};
	double quantile = 1;
	uint64_t limit_ns = 0;
	std::string text;
};

struct Options {
	Command command = Command::live;
	Request request;  // what to measure

	uint64_t interval_ns = 1'000'000'000;
	std::optional<uint64_t> count;        // reports; absent: for ever
	std::optional<uint64_t> duration_ns;  // absent: for ever
	Grouping grouping = Grouping::none;
	bool timestamps = false;
	bool nanoseconds = false;
	bool json = false;
	bool verbose = false;
	bool quiet = false;
	std::vector<FailIf> fail_if;
	std::optional<double> max_loss_percent;

	bool facts = false;     // doctor --facts
	bool markdown = false;  // list --markdown
};

}  // namespace asynclat
