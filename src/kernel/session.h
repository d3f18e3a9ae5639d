// A live measurement: executes a plan, and is the Source of its snapshots.
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "kernel/bpf_object.h"
#include "kernel/facts.h"
#include "kernel/plan.h"
#include "kernel/reader.h"
#include "kernel/request.h"
#include "kernel/sweeper.h"
#include "kernel/symbols.h"
#include "recording/source.h"

namespace asynclat {

class Session : public Source {
public:
	// Plans, loads, attaches and opens the books. A hook that the kernel refuses after all is
	// left out and the plan made anew; what was lost is among description().notes.
	static Result<std::unique_ptr<Session>> open(const Request& request, Facts facts,
												 const std::shared_ptr<const Symbols>& symbols,
												 const std::string& version);
	~Session() override;

	[[nodiscard]] const Description& description() const override { return description_; }
	Status tend() override;
	Result<Snapshot> read() override;
	Result<Snapshot> finish() override;

private:
	Session(Facts facts, std::shared_ptr<const Symbols> symbols, Plan plan, BpfConfig config,
			BpfObject object, std::vector<uint32_t> cpus);

	void describe(const std::string& version);
	Status select(const Symbols::Selection& functions);
	Status start();
	void set_phase(al_phase phase);
	Snapshot stamp(std::vector<MechanismData> mechanisms) const;

	Facts facts_;
	std::shared_ptr<const Symbols> symbols_;
	Plan plan_;
	BpfConfig config_;
	BpfObject object_;
	Description description_;
	Mapping control_;
	Reader reader_;
	Sweeper sweeper_;
};

}  // namespace asynclat
