// Reads the ring of one object: items that waited for --min or longer, and runs.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "kernel/submitters.h"
#include "model/item.h"
#include "model/run.h"

struct ring_buffer;

namespace asynclat {

class Outliers {
public:
	using FunctionName = std::function<std::string(uint64_t address)>;

	// Of an object that was loaded with --min. `submitters` must outlive it.
	Status open(const BpfObject& object, FunctionName function_name, Submitters& submitters);
	// Those that came since the last call, as they came; none where it is not open.
	std::vector<Item> take();
	// Runs that came with these.
	std::vector<Run> take_runs() { return std::exchange(sink_->runs, {}); }

private:
	struct Free {
		void operator()(ring_buffer* ring) const;
	};
	struct Sink {
		FunctionName function_name;
		Submitters* submitters = nullptr;
		std::vector<Item> items;
		std::vector<Run> runs;
	};
	static int keep(void* sink, void* record, size_t bytes);
	static void keep_run(Sink& sink, const al_run& run);

	std::unique_ptr<Sink> sink_ = std::make_unique<Sink>();  // where the ring knows it to be
	std::unique_ptr<ring_buffer, Free> ring_;
};

}  // namespace asynclat
