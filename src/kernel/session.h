// A live measurement: executes a plan, and is the Source of its snapshots.
#pragma once

#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/facts.h"
#include "kernel/family.h"
#include "kernel/plan.h"
#include "kernel/pseudo_file.h"
#include "kernel/request.h"
#include "kernel/symbols.h"
#include "recording/source.h"

namespace asynclat {

class Session : public Source {
public:
	// Plans, loads, attaches and opens the books. A hook that the kernel refuses after all is
	// left out and its family planned anew; what was lost is among description().notes.
	static Result<std::unique_ptr<Session>> open(const Request& request, Facts facts,
												 const std::shared_ptr<const Symbols>& symbols,
												 const std::string& version);
	~Session() override;

	[[nodiscard]] const Description& description() const override { return description_; }
	Status tend() override;
	std::vector<Item> take_items() override;
	std::vector<Run> take_runs() override;
	Result<Snapshot> read() override;
	Result<Snapshot> finish() override;

private:
	Session(Request request, Facts facts, std::shared_ptr<const Symbols> symbols,
			std::vector<uint32_t> cpus);

	Status plan();
	// Loads and attaches one object of the plan, or returns false: it was planned anew, or what it
	// served is left out.
	Result<bool> open_family(std::string_view object);
	void describe(const std::string& version);
	Snapshot stamp(std::vector<MechanismData> mechanisms) const;
	// In every family, unless that was done just now.
	Status find_oldest();
	// Reads every family by the one or the other of its readings.
	Snapshot collect(std::vector<MechanismData> (Family::*reading)());
	void set_phase(al_phase phase);
	uint64_t pending();
	// Looks for cancelled items in every family; how many need another look.
	Result<uint64_t> sweep(uint64_t min_age_ns);

	Request request_;
	Facts facts_;
	std::shared_ptr<const Symbols> symbols_;
	Symbols::Selection functions_;
	Plan plan_;
	Description description_;
	std::vector<WaitingItem> oldest_;  // longest first, as found at oldest_at_
	uint64_t oldest_at_ = 0;
	PseudoFile statm_{"/proc/self/statm"};
	PseudoFile online_{"/sys/devices/system/cpu/online"};
	std::map<std::string, std::unique_ptr<Family>, std::less<>> families_;  // by object
};

}  // namespace asynclat
