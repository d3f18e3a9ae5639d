// Machines to look at: any number of CPUs with latencies as a busy host has them, the same each
// time. One CPU is bad, and one of its items is very late.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "catalog/mechanism.h"
#include "model/history.h"
#include "unit/sample.h"

namespace asynclat::sample {

struct Machine {
	uint32_t cpus = 2;
	uint32_t nodes = 1;
	uint32_t cpus_an_llc = 8;
	std::vector<uint32_t> offline;
	uint32_t bad_cpu = 1;
};

inline const Machine kLaptop{.cpus = 2, .cpus_an_llc = 2};
inline const Machine kServer{.cpus = 64, .nodes = 2, .offline = {13}, .bad_cpu = 43};
inline const Machine kHuge{.cpus = 512, .nodes = 8, .offline = {70, 71, 300}, .bad_cpu = 234};

// The generator's own distributions: those of the standard library differ between libraries.
class Latencies {
public:
	explicit Latencies(uint64_t seed) : random_(seed) {}

	double uniform() { return static_cast<double>(random_() >> 11) / 9007199254740992.0; }
	uint64_t below(uint64_t limit) { return random_() % limit; }
	// Lognormal about `median_ns`.
	uint64_t around(double median_ns, double spread) {
		const double normal =
			std::sqrt(-2 * std::log(1 - uniform())) * std::cos(6.283185307179586 * uniform());
		return static_cast<uint64_t>(median_ns * std::exp(spread * normal));
	}

private:
	std::mt19937_64 random_;
};

inline constexpr const char* kFunctions[] = {"vmstat_update",
											 "blk_mq_run_work_fn",
											 "flush_to_ldisc",
											 "lru_add_drain_per_cpu",
											 "wb_workfn",
											 "kcryptd_crypt",
											 "drm_fb_helper_damage_work",
											 "nvme_reset_work"};

inline Description machine_description(const Machine& machine) {
	Description d = description();
	d.cpus.clear();
	for (uint32_t cpu = 0; cpu < machine.cpus; cpu++) {
		d.cpus.push_back(cpu);
		const uint32_t node = cpu / (machine.cpus / machine.nodes);
		CpuPlace place{cpu, cpu / 2, cpu / machine.cpus_an_llc, node, node, true};
		for (const uint32_t off : machine.offline) place.online &= off != cpu;
		d.topology.cpus.push_back(place);
	}
	d.mechanisms.clear();
	for (const Mechanism& m : catalog()) {
		MechanismInfo info{.mechanism = m.id};
		for (const Stage& s : m.stages) info.stages.push_back(s.id);
		d.mechanisms.push_back(std::move(info));
	}
	return d;
}

// The parts of a wait, in the order of the catalog: hold, kick, wakeup, behind.
struct WaitParts {
	uint64_t hold, kick, wakeup, behind;
};

inline WaitParts wait_parts(Latencies& random, bool bad) {
	WaitParts parts{};
	if (random.below(20) == 0) parts.hold = random.around(4'000, 1.2);
	parts.kick = random.around(900, 0.6);
	parts.wakeup = random.around(bad ? 16'000 : 3'200, bad ? 1.1 : 0.7);
	if (random.below(bad ? 30 : 300) == 0) parts.wakeup += random.around(bad ? 4e6 : 2e5, 1.0);
	parts.behind = random.around(1'100, 0.9);
	return parts;
}

// The interval that ended `second` seconds after the start. A machine has `items` a CPU in it.
inline Interval machine_interval(const Machine& machine, uint64_t second = 12,
								 uint64_t items = 400) {
	Latencies random(machine.cpus * 1000 + second);
	Interval interval;
	interval.length_ns = kSecond;
	interval.data.mono_ns = kStartMono + second * kSecond;
	interval.data.wall_ns = kStartWall + second * kSecond;
	MechanismData m;
	m.mechanism = AL_WORKQUEUE;
	m.books = workqueue_books();
	for (const al_stage stage :
		 {AL_WQ_WAIT, AL_WQ_HOLD, AL_WQ_KICK, AL_WQ_WAKEUP, AL_WQ_BEHIND, AL_WQ_RUN})
		m.stages.push_back({stage, AL_CLASS_PLAIN, std::vector<Histogram>(machine.cpus)});
	std::vector<Histogram> functions(std::size(kFunctions)), workqueues(3);
	uint64_t total = 0;
	for (uint32_t cpu = 0; cpu < machine.cpus; cpu++) {
		bool online = cpu % 37 != 36;  // those others are idle
		for (const uint32_t off : machine.offline) online &= off != cpu;
		const uint64_t count = online ? items / 2 + random.below(items) : 0;
		for (uint64_t i = 0; i < count; i++) {
			const bool bad = cpu == machine.bad_cpu;
			const WaitParts parts = wait_parts(random, bad);
			const size_t f = random.below(std::size(kFunctions));
			const uint64_t at = (second - 1) * kSecond + random.below(kSecond);
			const uint64_t wait = parts.hold + parts.kick + parts.wakeup + parts.behind;
			record(m.stages[0].cpus[cpu], wait, 1, at, cpu, kFunctions[f]);
			if (parts.hold) record(m.stages[1].cpus[cpu], parts.hold, 1, at, cpu);
			record(m.stages[2].cpus[cpu], parts.kick, 1, at, cpu);
			record(m.stages[3].cpus[cpu], parts.wakeup, 1, at, cpu);
			record(m.stages[4].cpus[cpu], parts.behind, 1, at, cpu);
			record(m.stages[5].cpus[cpu], random.around(2'000, 1.3), 1, at, cpu);
			record(functions[f], wait, 1, at, cpu);
			record(workqueues[f % 3], wait, 1, at, cpu);
		}
		total += count;
	}
	for (size_t i = 0; i < functions.size(); i++)
		m.groups.push_back({AL_BY_FUNCTION, kFunctions[i], functions[i]});
	m.groups.push_back({AL_BY_WORKQUEUE, "events", workqueues[0]});
	m.groups.push_back({AL_BY_WORKQUEUE, "events_unbound", workqueues[1]});
	m.groups.push_back({AL_BY_WORKQUEUE, kOtherGroup.data(), workqueues[2]});
	m.books.set(AL_MATCHED, total);
	m.books.set(AL_QUEUED, total + 7);
	m.books.set(AL_UNMATCHED_START, 0);
	interval.data.mechanisms = {std::move(m)};
	return interval;
}

// All intervals up to that one.
inline History machine_history(const Machine& machine, uint64_t seconds) {
	History history;
	const Description d = machine_description(machine);
	for (uint64_t second = 1; second <= seconds; second++) {
		// A burst now and then.
		const uint64_t items = second % 17 == 0 ? 900 : 40 + second % 5 * 20;
		history.add(machine_interval(machine, second, items), d);
	}
	return history;
}

}  // namespace asynclat::sample
