#include "view/group_rows.h"

#include <algorithm>

#include "catalog/mechanism.h"

namespace asynclat {

std::optional<al_group_kind> kind_of(SplitBy split_by) {
	switch (split_by) {
		case SplitBy::function:
			return AL_BY_FUNCTION;
		case SplitBy::workqueue:
			return AL_BY_WORKQUEUE;
		case SplitBy::pool:
			return AL_BY_POOL;
		case SplitBy::worker:
			return AL_BY_WORKER;
		case SplitBy::nothing:
		case SplitBy::cpu:
		case SplitBy::item_class:
			break;
	}
	return std::nullopt;
}

std::vector<GroupData> groups_of(const MechanismData& data, al_group_kind kind) {
	std::vector<GroupData> rows;
	for (const GroupData& row : data.groups)
		if (row.kind == kind && !row.histogram.empty()) rows.push_back(row);
	std::stable_sort(rows.begin(), rows.end(), [](const GroupData& a, const GroupData& b) {
		const bool other_a = a.name == kOtherGroup;
		const bool other_b = b.name == kOtherGroup;
		if (other_a != other_b) return other_b;
		return a.histogram.count() > b.histogram.count();
	});
	return rows;
}

std::vector<HeatRow> groups_shown(const Scene& scene) {
	const auto kind = kind_of(scene.options.split_by);
	const MechanismData* data = scene.data();
	if (!kind || !data || scene.subject.item_class != AL_CLASS_PLAIN ||
		stage_of_group(mechanism(scene.subject.mechanism), *kind).id != scene.subject.stage)
		return {};
	std::vector<HeatRow> rows;
	for (GroupData& group : groups_of(*data, *kind))
		rows.push_back(heat_row(std::move(group.name), std::move(group.histogram)));
	return rows;
}

}  // namespace asynclat
