#include <algorithm>
#include <array>

#include "catalog/irq_work.h"
#include "catalog/kthread.h"
#include "catalog/mechanism.h"
#include "catalog/task_work.h"
#include "catalog/workqueue.h"

namespace asynclat {
namespace {

using enum HookKind;

constexpr Mechanism kMechanisms[] = {workqueue_rows::kWorkqueue, workqueue_rows::kDelayedWork,
									 irq_work_rows::kIrqWork, task_work_rows::kTaskWork,
									 kthread_rows::kKthread};
static_assert(std::size(kMechanisms) == AL_MECHANISMS);

constexpr std::array<std::string_view, 7> kHookKinds = {"tp_btf", "raw_tp",    "fentry", "fexit",
														"kprobe", "kretprobe", "hwbp"};
constexpr std::array<HookKind, 7> kHookKindValues = {tp_btf, raw_tp,    fentry, fexit,
													 kprobe, kretprobe, hwbp};

constexpr std::array<std::string_view, AL_GROUP_KINDS> kGroupKinds = {
	"functions", "workqueues", "pools", "workers", "spawned", "woken"};
static_assert(!kGroupKinds.back().empty());

template <typename Row>
const Row* find_row(std::span<const Row> rows, std::string_view name) {
	const auto row =
		std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.name == name; });
	return row == rows.end() ? nullptr : &*row;
}

}  // namespace

std::span<const Mechanism> catalog() { return kMechanisms; }

const Mechanism& mechanism(al_mechanism id) { return kMechanisms[id]; }

const Mechanism* find_mechanism(std::string_view name) { return find_row(catalog(), name); }

const Mechanism& mechanism_of(al_stage id) {
	for (const Mechanism& m : kMechanisms)
		for (const Stage& s : m.stages)
			if (s.id == id) return m;
	return kMechanisms[0];  // unreachable: the contract test finds every stage in the table
}

const Stage& stage(al_stage id) {
	const Mechanism& m = mechanism_of(id);
	return *std::find_if(m.stages.begin(), m.stages.end(),
						 [&](const Stage& s) { return s.id == id; });
}

const Stage& stage_of_group(const Mechanism& mechanism, al_group_kind kind) {
	for (const Stage& s : mechanism.stages)
		if (s.group == kind) return s;
	return headline(mechanism);
}

std::vector<al_stage> parts_of(const Mechanism& mechanism) {
	const Stage& whole = headline(mechanism);
	std::vector<al_stage> parts;
	for (std::string_view at = whole.from; at != whole.to;) {
		const auto next = std::find_if(
			mechanism.stages.begin(), mechanism.stages.end(),
			[&](const Stage& s) { return s.id != whole.id && s.from == at && !s.ledger; });
		if (next == mechanism.stages.end() || parts.size() > mechanism.stages.size()) return {};
		parts.push_back(next->id);
		at = next->to;
	}
	return parts;
}

bool has_workqueues(const Mechanism& mechanism) {
	return std::ranges::find(mechanism.groups, AL_BY_WORKQUEUE) != mechanism.groups.end();
}

const Stage* find_stage(const Mechanism& mechanism, std::string_view name) {
	return find_row(mechanism.stages, name);
}

const Point* find_point(const Mechanism& mechanism, std::string_view name) {
	return find_row(mechanism.points, name);
}

size_t class_count(const Mechanism& mechanism, const Stage& stage) {
	return stage.whole ? 1 : mechanism.classes.size();
}

std::string_view class_name(const Stage& stage, al_class item_class) {
	return stage.whole ? "" : mechanism_of(stage.id).classes[item_class];
}

std::string_view group_kind_name(al_group_kind kind) { return kGroupKinds[kind]; }

std::string_view hook_kind_name(HookKind kind) { return kHookKinds[static_cast<size_t>(kind)]; }

const HookKind* find_hook_kind(std::string_view name) {
	for (size_t i = 0; i < kHookKinds.size(); i++)
		if (kHookKinds[i] == name) return &kHookKindValues[i];
	return nullptr;
}

}  // namespace asynclat
