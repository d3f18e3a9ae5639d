#include "model/snapshot.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace asynclat {
namespace {

// What the catalog lists first; a test holds the two together.
constexpr al_stage kHeadlines[] = {AL_WQ_WAIT, AL_DW_LATE, AL_IW_WAIT, AL_TW_WAIT, AL_KT_WAIT};
static_assert(std::size(kHeadlines) == AL_MECHANISMS);

using Groups = std::map<std::pair<al_group_kind, std::string>, Histogram>;

Groups by_name(const std::vector<GroupData>& rows) {
	Groups groups;
	for (const GroupData& row : rows) groups[{row.kind, row.name}].merge(row.histogram);
	return groups;
}

std::vector<GroupData> rows_of(const Groups& groups) {
	std::vector<GroupData> rows;
	for (const auto& [key, histogram] : groups) rows.push_back({key.first, key.second, histogram});
	return rows;
}

StageData difference(const StageData* earlier, const StageData& later) {
	StageData result = later;
	const size_t known = earlier ? std::min(earlier->cpus.size(), later.cpus.size()) : 0;
	for (size_t i = 0; i < known; i++) result.cpus[i] = difference(earlier->cpus[i], later.cpus[i]);
	if (later.books)
		result.books =
			difference(earlier ? earlier->books.value_or(Books{}) : Books{}, *later.books);
	return result;
}

MechanismData difference(const MechanismData& earlier, const MechanismData& later) {
	MechanismData result;
	result.mechanism = later.mechanism;
	for (const StageData& stage : later.stages)
		result.stages.push_back(difference(earlier.stage(stage.stage, stage.item_class), stage));
	Groups groups = by_name(later.groups);
	for (const auto& [key, before] : by_name(earlier.groups))
		if (const auto it = groups.find(key); it != groups.end())
			it->second = difference(before, it->second);
	result.groups = rows_of(groups);
	result.books = difference(earlier.books, later.books);
	return result;
}

void accumulate(StageData& total, const StageData& next) {
	total.cpus.resize(std::max(total.cpus.size(), next.cpus.size()));
	for (size_t i = 0; i < next.cpus.size(); i++) total.cpus[i].merge(next.cpus[i]);
	if (next.books) total.books = sum(total.books.value_or(Books{}), *next.books);
}

void accumulate(MechanismData& total, const MechanismData& next) {
	for (const StageData& stage : next.stages) {
		const auto it =
			std::find_if(total.stages.begin(), total.stages.end(), [&](const StageData& s) {
				return s.stage == stage.stage && s.item_class == stage.item_class;
			});
		if (it == total.stages.end())
			total.stages.push_back(stage);
		else
			accumulate(*it, stage);
	}
	Groups groups = by_name(total.groups);
	for (const GroupData& row : next.groups) groups[{row.kind, row.name}].merge(row.histogram);
	total.groups = rows_of(groups);
	total.books = sum(total.books, next.books);
}

}  // namespace

Histogram StageData::all_cpus() const {
	Histogram all;
	for (const Histogram& cpu : cpus) all.merge(cpu);
	return all;
}

const StageData* MechanismData::stage(al_stage stage, al_class item_class) const {
	const auto it = std::find_if(stages.begin(), stages.end(), [&](const StageData& s) {
		return s.stage == stage && s.item_class == item_class;
	});
	return it == stages.end() ? nullptr : &*it;
}

Histogram MechanismData::all_classes(al_stage stage) const {
	Histogram all;
	for (const StageData& s : stages)
		if (s.stage == stage) all.merge(s.all_cpus());
	return all;
}

uint64_t MechanismData::headline_count() const {
	return all_classes(kHeadlines[mechanism]).count();
}

const MechanismData* Snapshot::find(al_mechanism mechanism) const {
	const auto it = std::find_if(mechanisms.begin(), mechanisms.end(),
								 [&](const MechanismData& m) { return m.mechanism == mechanism; });
	return it == mechanisms.end() ? nullptr : &*it;
}

Interval difference(const Snapshot& earlier, const Snapshot& later) {
	Interval result;
	result.length_ns = later.mono_ns - std::min(earlier.mono_ns, later.mono_ns);
	result.data.mono_ns = later.mono_ns;
	result.data.wall_ns = later.wall_ns;
	for (const MechanismData& mechanism : later.mechanisms) {
		const MechanismData* before = earlier.find(mechanism.mechanism);
		result.data.mechanisms.push_back(difference(before ? *before : MechanismData{}, mechanism));
	}
	result.data.oldest = later.oldest;
	result.data.overhead = later.overhead;
	result.data.overhead.events -= earlier.overhead.events;
	result.data.overhead.cpu_ns -= earlier.overhead.cpu_ns;
	return result;
}

void accumulate(Interval& total, const Interval& next) {
	total.length_ns += next.length_ns;
	total.data.mono_ns = next.data.mono_ns;
	total.data.wall_ns = next.data.wall_ns;
	for (const MechanismData& mechanism : next.data.mechanisms) {
		const auto it = std::find_if(
			total.data.mechanisms.begin(), total.data.mechanisms.end(),
			[&](const MechanismData& m) { return m.mechanism == mechanism.mechanism; });
		if (it == total.data.mechanisms.end())
			total.data.mechanisms.push_back(mechanism);
		else
			accumulate(*it, mechanism);
	}
	total.data.oldest = next.data.oldest;
	total.data.overhead.events += next.data.overhead.events;
	total.data.overhead.cpu_ns += next.data.overhead.cpu_ns;
	total.data.overhead.rss_bytes = next.data.overhead.rss_bytes;
}

const MechanismInfo* Description::find(al_mechanism mechanism) const {
	const auto it = std::find_if(mechanisms.begin(), mechanisms.end(),
								 [&](const MechanismInfo& m) { return m.mechanism == mechanism; });
	return it == mechanisms.end() ? nullptr : &*it;
}

Histogram on_cpus(const StageData& stage, const Description& description,
				  const std::vector<uint32_t>& cpus) {
	if (cpus.empty()) return stage.all_cpus();
	Histogram sum;
	for (size_t i = 0; i < std::min(description.cpus.size(), stage.cpus.size()); i++)
		if (std::binary_search(cpus.begin(), cpus.end(), description.cpus[i]))
			sum.merge(stage.cpus[i]);
	return sum;
}

}  // namespace asynclat
