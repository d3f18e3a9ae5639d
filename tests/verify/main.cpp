// asynclat-verify: does every program pass this kernel's verifier, whatever the config? Loads each
// object with all its programs (or those named) under every pair of values of the config's fields
// that change the code, and attaches nothing. Prints a line an object; fails where a program was
// refused, and names it.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <functional>
#include <set>
#include <string_view>

#include "covering.h"
#include "kernel/bpf_object.h"
#include "kernel/plan.h"
#include "kernel/probe.h"
#include "kernel/symbols.h"

namespace asynclat {
namespace {

// A field that the verifier knows: it is read-only, so dead code is told by it. What it is set to,
// from the widest config, which has all of them on.
struct Factor {
	std::string_view name;
	std::vector<std::function<void(al_config&)>> values;
};

std::function<void(al_config&)> flag(uint8_t al_config::*field, uint8_t value) {
	return [=](al_config& c) { c.*field = value; };
}

Factor flags(std::string_view name, uint8_t al_config::*field, uint8_t most = 1) {
	Factor factor{name, {}};
	for (uint8_t value = 0; value <= most; value++) factor.values.push_back(flag(field, value));
	return factor;
}

void keep(al_config&) {}

// What each mechanism of an object adds: all of them, or one.
Factor mechanisms_of(std::string_view object) {
	Factor factor{"mechanisms", {keep}};
	std::vector<al_mechanism> ids;
	for (const Mechanism& m : catalog())
		if (m.object == object) ids.push_back(m.id);
	if (ids.size() == 1) return factor;
	for (const al_mechanism id : ids)
		factor.values.emplace_back([id](al_config& c) { c.mechanisms = 1U << id; });
	return factor;
}

// What the kernel has or has not cannot be set, only left unused.
Factor off(std::string_view name, uint8_t al_config::*field) {
	return {name, {keep, flag(field, 0)}};
}

// What a family's own programs look at, beside what all do.
std::vector<Factor> own_factors_of(std::string_view object) {
	if (object == "workqueue")
		return {
			flags("filter_workqueues", &al_config::filter_workqueues),
			flags("split", &al_config::split),
			off("bucket_expiry_arg", &al_config::bucket_expiry_arg),
			off("switch_state_arg", &al_config::switch_state_arg),
			flags("modified", &al_config::modified),
			flags("stops_grabbed", &al_config::stops_grabbed),
			flags("taken", &al_config::taken),
			{"wq_bh", {keep, [](al_config& c) { c.wq_bh = !c.wq_bh; }}},
			{"addresses",
			 {keep,
			  [](al_config& c) {
				  c.delayed_work_timer_fn = c.wq_barrier_func = 0;
				  std::ranges::fill(c.irq_entry, 0);
			  }}},
		};
	if (object == "irq_work")
		return {
			flags("irq_raise", &al_config::irq_raise),
			flags("irq_called", &al_config::irq_called),
			flags("irq_listed", &al_config::irq_listed),
			{"addresses",
			 {keep,
			  [](al_config& c) {
				  c.irq_work_run_list = c.csd_callback = 0;
				  c.raised_list = c.lazy_list = c.per_cpu_offset = 0;
				  std::ranges::fill(c.irq_entry, 0);
			  }}},
		};
	if (object == "task_work") return {flags("keep_calls", &al_config::keep_calls)};
	return {flags("spawn_requests", &al_config::spawn_requests),
			off("switch_state_arg", &al_config::switch_state_arg)};
}

std::vector<Factor> factors_of(std::string_view object) {
	std::vector<Factor> factors = {
		mechanisms_of(object),
		flags("function_mode", &al_config::function_mode, AL_FILTER_NOT),
		flags("filter_cpus", &al_config::filter_cpus),
		flags("finish", &al_config::finish),
		flags("tell_runs", &al_config::tell_runs),
		{"min_ns", {keep, [](al_config& c) { c.min_ns = 0; }}},
		flags("submitters", &al_config::submitters),
		flags("stacks", &al_config::stacks),
		{"filter_submitters",
		 {keep, [](al_config& c) { c.submitter_pid = c.submitter_cgroup = 0; }}},
		{"rows", {keep, [](al_config& c) { std::memset(c.row_of, AL_NO_ROW, sizeof(c.row_of)); }}},
		// AL_NO_GROUP has all bits set.
		{"groups",
		 {keep, [](al_config& c) { std::memset(c.group_base, 0xff, sizeof(c.group_base)); }}},
	};
	for (Factor& own : own_factors_of(object)) factors.push_back(std::move(own));
	return factors;
}

// Loads an object under one config; how many programs were refused, each with a line.
size_t load(std::string_view object, const BpfConfig& config, const std::string& words,
			std::span<const Hook* const> hooks) {
	const auto whole = BpfObject::load(object, config, hooks);
	if (whole) return 0;
	size_t refused = 0;
	for (const Hook* const& hook : hooks) {
		const auto one = BpfObject::load(object, config, std::span(&hook, 1));
		if (one) continue;
		refused++;
		fmt::print("  {} refused, {}: {}: {}\n", hook->program, words, one.error().what,
				   one.error().evidence);
	}
	// Fine alone and not together: still a failure.
	if (!refused) fmt::print("  {} refused, {}: {}\n", object, words, whole.error().evidence);
	return std::max<size_t>(refused, 1);
}

size_t verify(std::string_view object, const Facts& facts) {
	const auto begin = std::chrono::steady_clock::now();
	const auto hooks = candidates(object, facts);
	const auto factors = factors_of(object);
	std::vector<size_t> levels;
	for (const Factor& factor : factors) levels.push_back(factor.values.size());
	const auto rows = covering_rows(levels);
	const BpfConfig all = widest_config(object, facts);
	size_t refused = 0;
	for (const auto& row : rows) {
		BpfConfig config = all;
		std::string words;
		for (size_t f = 0; f < factors.size(); f++) {
			factors[f].values[row[f]](config.config);
			words += fmt::format("{}{}={}", words.empty() ? "" : " ", factors[f].name, row[f]);
		}
		size_for_details(config);
		refused += load(object, config, words, hooks);
	}
	const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
	fmt::print("{}: {} programs under {} configs, {} refused, {:.1f} s\n", object, hooks.size(),
			   rows.size(), refused, took.count());
	std::fflush(stdout);
	return refused;
}

int run(std::span<const char* const> names) {
	const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	const Facts facts = gather_facts(Symbols::load());
	std::set<std::string_view> objects;
	for (const Mechanism& m : catalog())
		if (names.empty() || std::ranges::find(names, m.object) != names.end())
			objects.insert(m.object);
	size_t refused = 0;
	for (const std::string_view object : objects) refused += verify(object, facts);
	return refused || objects.empty() ? 1 : 0;
}

}  // namespace
}  // namespace asynclat

int main(int argc, char** argv) { return asynclat::run({argv + 1, static_cast<size_t>(argc - 1)}); }
