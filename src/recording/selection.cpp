#include "recording/selection.h"

#include <algorithm>

#include "catalog/mechanism.h"

namespace asynclat {
namespace {

// Takes the rows of other CPUs away; the items that they held.
uint64_t take_others(StageData& stage, const std::vector<uint32_t>& all,
					 const std::vector<uint32_t>& kept) {
	uint64_t taken = 0;
	for (size_t i = 0; i < stage.cpus.size(); i++) {
		if (std::find(kept.begin(), kept.end(), all.at(i)) != kept.end()) continue;
		taken += stage.cpus[i].count();
		stage.cpus[i] = {};
	}
	return taken;
}

void filter_out(Books& books, uint64_t items) {
	books.set(AL_FILTERED, books.value(AL_FILTERED) + items);
}

}  // namespace

bool Selection::shows(al_mechanism mechanism) const {
	return mechanisms.empty() ||
		   std::find(mechanisms.begin(), mechanisms.end(), mechanism) != mechanisms.end();
}

bool Selection::shows(al_stage stage) const { return stages.empty() || stages.count(stage) != 0; }

bool Selection::shows_cpu(uint32_t cpu) const {
	return cpus.empty() || std::find(cpus.begin(), cpus.end(), cpu) != cpus.end();
}

void Selection::narrow(Description& description) const {
	std::erase_if(description.mechanisms,
				  [&](const MechanismInfo& info) { return !shows(info.mechanism); });
	for (MechanismInfo& info : description.mechanisms) {
		std::erase_if(info.stages, [&](al_stage id) { return !shows(id); });
		std::erase_if(info.unavailable, [&](const auto& reason) {
			const Stage* const s = find_stage(mechanism(info.mechanism), reason.first);
			return s && !shows(s->id);
		});
	}
}

void Selection::narrow(Interval& interval, const Description& description) const {
	std::erase_if(interval.data.mechanisms,
				  [&](const MechanismData& m) { return !shows(m.mechanism); });
	std::erase_if(interval.data.oldest,
				  [&](const WaitingItem& item) { return !shows(mechanism_of(item.stage).id); });
	for (MechanismData& m : interval.data.mechanisms) {
		if (!cpus.empty()) leave_out_cpus(m, description.cpus);
		std::erase_if(m.stages, [&](const StageData& s) { return !shows(s.stage); });
	}
}

void Selection::narrow(std::vector<Item>& items, std::vector<Run>& runs) const {
	std::erase_if(items, [&](const Item& i) { return !shows(i.mechanism) || !shows_cpu(i.cpu); });
	std::erase_if(runs, [&](const Run& r) { return !shows(r.mechanism) || !shows_cpu(r.cpu); });
}

void Selection::leave_out_cpus(MechanismData& data, const std::vector<uint32_t>& all) const {
	for (StageData& s : data.stages) {
		const uint64_t taken = take_others(s, all, cpus);
		if (s.books)
			filter_out(*s.books, taken);
		else if (s.stage == headline(mechanism(data.mechanism)).id)
			filter_out(data.books, taken);
	}
	data.groups.clear();
}

}  // namespace asynclat
