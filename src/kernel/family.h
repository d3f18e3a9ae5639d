// One family of mechanisms at work: its BPF object, attached, and what reads and tends it.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/bpf_config.h"
#include "kernel/bpf_object.h"
#include "kernel/oldest.h"
#include "kernel/outliers.h"
#include "kernel/pending_table.h"
#include "kernel/reader.h"
#include "kernel/submitters.h"
#include "kernel/sweeper.h"

namespace asynclat {

class Family {
public:
	// `part` is what of the plan runs in the object; the last three must outlive the family.
	Family(const Family&) = delete;
	Family(BpfObject object, const BpfConfig& config, std::vector<MechanismPlan> part,
		   const Facts& facts, const std::vector<uint32_t>& cpus, const Symbols& symbols);

	// Attaches these hooks; why each that failed did, by program.
	std::map<std::string, std::string> attach(std::span<const Hook* const> hooks,
											  std::span<const uint32_t> online);
	// Lists the functions that the filter is about.
	Status select(const std::vector<uint64_t>& functions);
	// Opens the books.
	Status start();
	void set_phase(al_phase phase);
	// Housekeeping: looks for cancelled items that have waited for `min_age_ns`; how many need
	// another look.
	Result<uint64_t> sweep(uint64_t now_ns, uint64_t min_age_ns);
	void sweep_anew() { sweeper_.begin_anew(); }
	// Follows CPUs that came online.
	void follow(std::span<const uint32_t> online) { object_.follow(online); }
	void detach() { object_.detach(); }

	[[nodiscard]] std::vector<MechanismData> read() { return reader_.read(); }
	// Read for the last time, after detaching: pending and running are counted in the tables.
	[[nodiscard]] std::vector<MechanismData> read_last();
	// Items that waited long, since the last call.
	[[nodiscard]] std::vector<Item> take_items() { return outliers_.take(); }
	[[nodiscard]] std::vector<Run> take_runs() { return outliers_.take_runs(); }
	// Those that have waited or run for longest now.
	[[nodiscard]] Result<std::vector<WaitingItem>> oldest(uint64_t now_ns, const Request& request);
	[[nodiscard]] uint64_t pending() { return reader_.pending(); }
	[[nodiscard]] const std::vector<MechanismPlan>& part() const { return part_; }
	[[nodiscard]] uint64_t map_bytes() const { return object_.map_bytes(); }

private:
	std::function<std::string(uint64_t address)> function_names();

	const std::vector<MechanismPlan> part_;
	const Facts& facts_;
	BpfConfig config_;
	BpfObject object_;
	Mapping control_;
	Reader reader_;
	Outliers outliers_;
	PendingTable table_;
	Sweeper sweeper_;
	Oldest oldest_;
	Submitters submitters_;
};

}  // namespace asynclat
