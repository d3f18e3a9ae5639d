#include "kernel/probe.h"

#include <algorithm>
#include <set>
#include <vector>

#include "kernel/bpf_object.h"
#include "kernel/cpus.h"
#include "kernel/plan.h"

namespace asynclat {
namespace {

std::string describe(const Error& error) { return error.what + ": " + error.evidence; }

}  // namespace

BpfConfig widest_config(std::string_view object, const Facts& facts) {
	// Not 1: programs ask for fractions of it, and what is shorter than 0 would not be in them.
	Request request{.min_ns = 1'000'000,
					.runs = true,
					.submitters = true,
					.stacks = true,
					.pid = 1,
					.cgroup = Cgroup{.id = 1},
					.pools = true,
					.max_entries = 1};
	for (const Mechanism& m : catalog())
		for (const Stage& s : m.stages) request.stages.insert(s.id);
	return make_bpf_config(make_plan(catalog(), facts, request).part(object), request, facts, 1);
}

std::map<std::string, std::string> probe(std::string_view object,
										 std::span<const Hook* const> hooks,
										 const BpfConfig& config, const Facts& facts) {
	std::map<std::string, std::string> refused;
	const auto cpus = online_cpus();
	const std::vector<uint32_t> online = cpus ? *cpus : std::vector<uint32_t>{0};
	const auto attach_each = [&](BpfObject& loaded, std::span<const Hook* const> each) {
		for (const Hook* hook : each) {
			if (auto done = loaded.attach(*hook, facts.address(hook->target), online); !done)
				refused[std::string(hook->program)] = done.error().evidence;
			// One at a time: a CPU has four breakpoints, and the table more that are tried.
			if (hook->kind == HookKind::hwbp) loaded.detach();
		}
	};
	if (auto all = BpfObject::load(object, config, hooks)) {
		attach_each(*all, hooks);
		return refused;
	}
	for (const Hook* const& hook : hooks) {
		auto one = BpfObject::load(object, config, std::span(&hook, 1));
		if (one)
			attach_each(*one, std::span(&hook, 1));
		else
			refused[std::string(hook->program)] = describe(one.error());
	}
	return refused;
}

void probe_all(Facts& facts) {
	std::set<std::string_view> objects;
	for (const Mechanism& m : catalog()) objects.insert(m.object);
	for (const std::string_view object : objects) {
		for (auto& [program, why] :
			 probe(object, candidates(object, facts), widest_config(object, facts), facts))
			facts.refused[program] = why;
	}
}

}  // namespace asynclat
