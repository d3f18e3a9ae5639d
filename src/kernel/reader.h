// Reads one object's mapped rows, groups and books into a snapshot's mechanisms. Never clears a
// counter; only the extremes' idle slot is folded and reset.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "kernel/bpf_object.h"
#include "kernel/facts.h"
#include "kernel/plan.h"
#include "kernel/symbols.h"
#include "model/snapshot.h"

namespace asynclat {

class Reader {
public:
	// `part` is what of the plan runs in the object, `cpus` are the possible CPUs. All arguments
	// must outlive the reader.
	Reader(const BpfObject& object, const BpfConfig& config, const std::vector<MechanismPlan>& part,
		   const Facts& facts, const std::vector<uint32_t>& cpus, const Symbols& symbols);

	// Counters and the extremes since the last read, without pending and running.
	[[nodiscard]] std::vector<MechanismData> read();
	// Items in flight, by the counters.
	[[nodiscard]] uint64_t pending();

	std::string function_name(uint64_t address);

private:
	// How a row says where its maximum was: a CPU's row by function, a group's by CPU.
	struct Place {
		std::function<uint64_t(al_extreme&)> word;
		std::function<Peak(uint64_t max_ns, uint64_t at_ns, uint64_t where)> peak;
	};
	Place of_cpu(uint32_t cpu);
	static Place of_group();
	Histogram read_row(al_row& row, const Place& place);
	void read_groups(MechanismData& data);
	// `books` are those that the catalog gives the ledger.
	Books read_books(const MechanismPlan& plan, uint32_t ledger, std::span<const Book> books);
	std::string group_name(const al_group& group, al_group_kind kind, bool other);

	const BpfObject& object_;
	const BpfConfig& config_;
	const std::vector<MechanismPlan>& part_;
	const Facts& facts_;
	const std::vector<uint32_t>& cpus_;
	const Symbols& symbols_;
	Mapping control_, rows_, groups_, books_;
	std::map<uint64_t, std::string> function_names_;  // as first seen: a module may go
};

}  // namespace asynclat
