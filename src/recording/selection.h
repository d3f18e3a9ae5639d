// What of a recording is to be shown. Only what a recording tells apart can be chosen afterwards.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "model/item.h"
#include "model/run.h"
#include "model/snapshot.h"

namespace asynclat {

struct Selection {
	std::vector<al_mechanism> mechanisms;  // empty: all, here and below
	std::set<al_stage> stages;
	// Items that started elsewhere become `filtered`, as in a live run. Rows by function and the
	// like are for all CPUs together, so they go.
	std::vector<uint32_t> cpus;

	void narrow(Description& description) const;
	void narrow(Interval& interval, const Description& description) const;
	void narrow(std::vector<Item>& items, std::vector<Run>& runs) const;

private:
	[[nodiscard]] bool shows(al_mechanism mechanism) const;
	[[nodiscard]] bool shows(al_stage stage) const;
	[[nodiscard]] bool shows_cpu(uint32_t cpu) const;
	void leave_out_cpus(MechanismData& data, const std::vector<uint32_t>& all) const;
};

}  // namespace asynclat
