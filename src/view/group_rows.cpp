#include "view/group_rows.h"

#include <algorithm>

#include "catalog/mechanism.h"

namespace asynclat {

namespace {

// A thread is to kthread what a workqueue is to the others.
constexpr GroupWord kGroupWords[] = {
	{AL_BY_FUNCTION, SplitBy::function, "function", "functions"},
	{AL_BY_WORKQUEUE, SplitBy::workqueue, "workqueue", "workqueues"},
	{AL_BY_POOL, SplitBy::pool, "pool", "pools"},
	{AL_BY_WORKER, SplitBy::workqueue, "worker", "workers"},
	{AL_BY_SPAWNED, SplitBy::workqueue, "thread", "threads"},
	{AL_BY_WOKEN, SplitBy::workqueue, "thread", "threads"},
};

}  // namespace

const GroupWord* group_word(const Mechanism& mechanism, const Stage& stage, SplitBy split_by) {
	for (const GroupWord& word : kGroupWords)
		if ((word.split_by == split_by || split_by == SplitBy::nothing) &&
			std::ranges::find(mechanism.groups, word.kind) != mechanism.groups.end() &&
			stage_of_group(mechanism, word.kind).id == stage.id)
			return &word;
	return nullptr;
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
	const SplitBy split_by = scene.options.split_by;
	const MechanismData* data = scene.data();
	if (!data || split_by == SplitBy::nothing || scene.subject.item_class != AL_CLASS_PLAIN)
		return {};
	const GroupWord* word =
		group_word(mechanism(scene.subject.mechanism), stage(scene.subject.stage), split_by);
	if (!word) return {};
	std::vector<HeatRow> rows;
	for (GroupData& group : groups_of(*data, word->kind))
		rows.push_back(heat_row(std::move(group.name), std::move(group.histogram)));
	return rows;
}

}  // namespace asynclat
