// The vocabulary of the table that owns all choices: mechanisms, points, stages, hooks, books.
// Availability follows from its shape: a point works if any of its hooks does, a stage if all its
// points do, a mechanism if any stage does.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "asynclat/abi.h"

namespace asynclat {

enum class HookKind { tp_btf, raw_tp, fentry, fexit, kprobe, kretprobe, hwbp };

struct Hook {
	HookKind kind{};
	std::string_view target;   // tracepoint or function
	std::string_view program;  // in the mechanism's object
	std::string_view symbol;   // kernel symbol whose address the program needs, or empty
	std::string_view entry;    // kretprobe: program of a kprobe that keeps the arguments, or empty
};

enum class PointOf { item, worker, cpu, computed };

// When a point is caught that no stage needs, but what it serves is more exact with it.
enum class Refines {
	never,
	always,
	in_detail,  // where a stage is collected that is not there by default: it is dear
	with_min,   // where items are told one by one (--min): it tells why they waited
};

// A moment in an item's life or its worker's. A computed point has no hooks.
struct Point {
	std::string_view name;
	PointOf of{};
	std::span<const Hook> any_of;  // in order of preference
	std::string_view help;
	Refines refines = Refines::never;
	std::string_view with;  // a point without whose hook this one is of no use
};

// A counter of the books. It is known where the point that counts it is hooked, if it names one,
// where the address of the symbol is, and where that point is hooked at that target.
struct Book {
	al_book id{};
	std::string_view point;
	std::string_view symbol;
	std::string_view target;  // only where the point's hook is on that
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
	// Set where the stage counts items of its own, which are not the mechanism's.
	std::optional<al_ledger> ledger;
	std::span<const Book> books;         // of that ledger
	std::optional<al_group_kind> group;  // the rows that its items are filed in
	// Points, all of them or none, that make it more exact, and what holds without them.
	std::span<const std::string_view> refined_by;
	std::string_view unrefined;
	bool whole = false;  // one histogram for all classes
};

// Where the kernel comes in for the interrupts that run irq_work, timers and softirqs (x86): in a
// stack, what follows one of them was interrupted.
inline constexpr std::string_view kIrqEntries[AL_IRQ_ENTRIES] = {
	"asm_sysvec_irq_work", "asm_sysvec_call_function_single", "asm_sysvec_apic_timer_interrupt",
	"asm_common_interrupt"};

struct Mechanism {
	al_mechanism id{};
	std::string_view name;
	std::string_view object;  // BPF object that serves it
	std::string_view summary;
	std::string_view try_it;  // a command that makes some events
	std::span<const Point> points;
	std::span<const Stage> stages;              // headline first
	std::span<const std::string_view> classes;  // names by al_class; the plain one is empty
	std::span<const al_group_kind> groups;      // rows that its items are filed in
	std::span<const Book> books;
	uint32_t entries = 0;              // pending items held unless --max-entries says otherwise
	std::string_view class_rows = {};  // what JSON calls the headline's rows by class; empty: none
	std::span<const std::string_view>
		symbols;  // whose addresses its programs use, beside the above
};

// The table.
std::span<const Mechanism> catalog();

const Mechanism& mechanism(al_mechanism id);
const Mechanism* find_mechanism(std::string_view name);
const Stage& stage(al_stage id);
const Mechanism& mechanism_of(al_stage id);
const Stage* find_stage(const Mechanism& mechanism, std::string_view name);
const Point* find_point(const Mechanism& mechanism, std::string_view name);
// The stage whose items a kind of row holds: the headline, or one with a ledger of its own.
const Stage& stage_of_group(const Mechanism& mechanism, al_group_kind kind);
// The stages that split its headline, in the order of their coming; none where nothing does.
std::vector<al_stage> parts_of(const Mechanism& mechanism);
// Are its items queued on workqueues?
bool has_workqueues(const Mechanism& mechanism);
inline const Stage& headline(const Mechanism& mechanism) { return mechanism.stages.front(); }

// How many histograms a stage has, and the name of each: empty for the plain class or all of them.
size_t class_count(const Mechanism& mechanism, const Stage& stage);
std::string_view class_name(const Stage& stage, al_class item_class);

// "functions": as JSON has them.
std::string_view group_kind_name(al_group_kind kind);

std::string_view hook_kind_name(HookKind kind);
const HookKind* find_hook_kind(std::string_view name);

}  // namespace asynclat
