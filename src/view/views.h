// The views, a row each: what --view takes, what help says, what draws it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "view/scale.h"
#include "view/scene.h"

namespace asynclat {

struct ViewRow {
	std::string_view name;
	std::string_view help;
	bool needs_stages = false;  // shows all stages of a mechanism, which must be collected
	bool full_screen = false;   // draws one subject over and over; hist scrolls, with all of them
	bool rows_are_cpus = false;
	size_t (*rows)(const Scene& scene) = nullptr;  // that can be scrolled; null: none
	Frame (*draw)(const Scene& scene, Scale& scale) = nullptr;
};

std::span<const ViewRow> views();  // the default first
const ViewRow* find_view(std::string_view name);

// What can be looked at: each class that has events of the stages given, or of each mechanism's
// first collected stage where none is given. A stage without events is one plain subject.
std::vector<Subject> subjects(const Description& description, const Interval& interval,
							  std::span<const al_stage> stages = {});

}  // namespace asynclat
