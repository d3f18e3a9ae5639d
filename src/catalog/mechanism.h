// The vocabulary of the table that owns all choices: mechanisms, points, stages, hooks.
// Availability follows from its shape: a point works if any of its hooks does, a stage if all its
// points do, a mechanism if its headline stage does.
#pragma once

#include <span>
#include <string_view>

#include "asynclat/abi.h"

namespace asynclat {

enum class HookKind { tp_btf, raw_tp, fentry, fexit, kprobe, kretprobe, hwbp };

struct Hook {
	HookKind kind{};
	std::string_view target;   // tracepoint or function
	std::string_view program;  // in the mechanism's object
	std::string_view symbol;   // kernel symbol whose address the program needs, or empty
};

enum class PointOf { item, worker, computed };

// A moment in an item's life or its worker's. A computed point has no hooks.
struct Point {
	std::string_view name;
	PointOf of{};
	std::span<const Hook> any_of;  // in order of preference
	std::string_view help;
};

// The time between two points. `needs` names further points without which it cannot be told.
struct Stage {
	al_stage id{};
	std::string_view name;
	std::string_view from;
	std::string_view to;
	std::span<const std::string_view> needs;
	bool by_default = false;  // collected unless --stage says otherwise
	std::string_view help;
};

struct Mechanism {
	al_mechanism id{};
	std::string_view name;
	std::string_view object;  // BPF object that serves it
	std::string_view summary;
	std::string_view try_it;  // a command that makes some events
	std::span<const Point> points;
	std::span<const Stage> stages;              // headline first
	std::span<const std::string_view> classes;  // names by al_class; the plain one is empty
};

// The table.
std::span<const Mechanism> catalog();

const Mechanism& mechanism(al_mechanism id);
const Mechanism* find_mechanism(std::string_view name);
const Stage& stage(al_stage id);
const Mechanism& mechanism_of(al_stage id);
const Stage* find_stage(const Mechanism& mechanism, std::string_view name);
const Point* find_point(const Mechanism& mechanism, std::string_view name);
inline const Stage& headline(const Mechanism& mechanism) { return mechanism.stages.front(); }

std::string_view hook_kind_name(HookKind kind);
const HookKind* find_hook_kind(std::string_view name);

}  // namespace asynclat
