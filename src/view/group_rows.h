// Rows by function, workqueue, pool or thread: those with events, largest first, `other` last.
#pragma once

#include <optional>
#include <vector>

#include "catalog/mechanism.h"
#include "view/cpu_rows.h"
#include "view/scene.h"

namespace asynclat {

// What rows of a kind are called, and which split asks for them.
struct GroupWord {
	al_group_kind kind;
	SplitBy split_by;
	const char* one;
	const char* all;
};

// The rows that a stage is split into; null: it has none. No split asks for the first it has.
const GroupWord* group_word(const Mechanism& mechanism, const Stage& stage, SplitBy split_by);

std::vector<GroupData> groups_of(const MechanismData& data, al_group_kind kind);

// The rows that the options ask for, where the subject has them: it is the stage that they are of.
std::vector<HeatRow> groups_shown(const Scene& scene);

}  // namespace asynclat
