// Items and runs as a trace for Perfetto and chrome://tracing, in Chrome's JSON format: a process a
// mechanism. In it each wait is an asynchronous slice, each run a slice of the thread that ran it,
// or of the CPU where it ran in an interrupt. Times are microseconds of CLOCK_MONOTONIC, to the
// nanosecond. Pieces of text to write one after the other.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "model/item.h"
#include "model/run.h"
#include "model/snapshot.h"

namespace asynclat {

class Trace {
public:
	std::string start(const Description& description);
	std::string item(const Item& item);
	std::string run(const Run& run);
	std::string end();

private:
	std::string event(const std::string& fields);

	uint64_t items_ = 0;
	std::set<std::pair<al_mechanism, uint64_t>> named_;  // threads
	bool first_ = true;
};

}  // namespace asynclat
