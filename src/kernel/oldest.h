// Finds the items of one object that have waited, or run, for longest.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernel/bpf_object.h"
#include "kernel/pending_table.h"
#include "kernel/request.h"
#include "kernel/submitters.h"
#include "model/waiting_item.h"

namespace asynclat {

class Oldest {
public:
	using FunctionName = std::function<std::string(uint64_t address)>;

	// `first` is the first mechanism of the family; `table` and `config` must outlive this.
	Oldest(BpfObject& object, const PendingTable& table, al_mechanism first,
		   const al_config& config);

	// Those that have waited or run for `request.oldest_min_ns` or longer at `now_ns`, on
	// workqueues that it wants: the longest ones, longest first. That they still do is asked in
	// the kernel, and so are their names.
	Result<std::vector<WaitingItem>> find(uint64_t now_ns, const Request& request,
										  const FunctionName& function_name,
										  Submitters& submitters);

private:
	struct Candidate {
		al_stage stage{};
		uint64_t since_ns = 0;
		uint64_t function = 0;
		uint64_t key = 0, stamp = 0, owner = 0;  // as al_told has them
	};
	// Where it waits and since when; not at all where that is by design (a deferrable timer, a lazy
	// irq_work), or where workqueue's books have it.
	[[nodiscard]] bool place(Candidate& candidate, const al_item& item) const;
	// All that the tables say, longest first.
	[[nodiscard]] std::vector<Candidate> candidates(uint64_t now_ns, uint64_t min_age_ns) const;
	Status ask(std::span<const Candidate> asked);
	// When its timer is due after the wheel's rounding, which is by design.
	[[nodiscard]] uint64_t bucket_expiry_ns(const al_item& item) const;

	BpfObject& object_;
	const PendingTable& table_;
	al_mechanism first_;
	const al_config& config_;
	Mapping control_, workers_, tell_;
};

}  // namespace asynclat
