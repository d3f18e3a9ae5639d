// doctor: what can be measured here, by which hook, and why the rest cannot. Prints the plan after
// really attaching every hook, so it cannot disagree with what a run does.
#pragma once

#include <string>

#include "kernel/facts.h"
#include "kernel/plan.h"

namespace asynclat {

std::string doctor_text(const Plan& plan, const Facts& facts);
// One object, one line.
std::string doctor_json(const Plan& plan, const Facts& facts);

}  // namespace asynclat
