// Rows by function, workqueue, pool or thread: those with events, largest first, `other` last.
#pragma once

#include <optional>
#include <vector>

#include "view/cpu_rows.h"
#include "view/scene.h"

namespace asynclat {

// The kind of rows that a split asks for; none for CPUs and for no split.
std::optional<al_group_kind> kind_of(SplitBy split_by);

std::vector<GroupData> groups_of(const MechanismData& data, al_group_kind kind);

// The rows that the options ask for, where the subject has them: it is the stage that they are of.
std::vector<HeatRow> groups_shown(const Scene& scene);

}  // namespace asynclat
