// Runs as large machines have them, made up from a seed: intervals whose counts, extremes and books
// fit together, so that whatever a tracer shows of them adds up.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "catalog/mechanism.h"
#include "model/snapshot.h"

namespace asynclat {

struct GeneratedLoad {
	uint32_t cpus = 64;
	double items_a_cpu = 50;  // in an interval, of a mechanism
	double busy_cpus = 1.0;   // share of the CPUs that have any in an interval
	size_t functions = 60;
	size_t workqueues = 30;
	std::vector<al_mechanism> mechanisms = {};  // none: all
};

class GeneratedRun {
public:
	explicit GeneratedRun(const GeneratedLoad& load, uint64_t seed = 1)
		: load_(load), random_(seed) {
		description_.version = "0.1.0";
		description_.kernel = "6.12.1";
		description_.start_mono_ns = 77'000'000'017;
		description_.start_wall_ns = 1'795'435'380'000'000'017;
		description_.map_bytes = 14'000'000;
		for (uint32_t cpu = 0; cpu < load.cpus; cpu++) description_.cpus.push_back(cpu);
		for (const Mechanism& m : catalog()) {
			if (!is_loaded(m)) continue;
			MechanismInfo info{.mechanism = m.id};
			for (const Point& p : m.points)
				if (!p.any_of.empty()) info.hooks[std::string(p.name)] = p.any_of.front().target;
			for (const Stage& s : m.stages) info.stages.push_back(s.id);
			description_.mechanisms.push_back(info);
		}
		mono_ns_ = description_.start_mono_ns;
	}

	[[nodiscard]] const Description& description() const { return description_; }

	// What came in the next second.
	Interval next() {
		Interval interval;
		interval.length_ns = 1'000'000'000 + below(300'000);
		mono_ns_ += interval.length_ns;
		interval.data.mono_ns = mono_ns_;
		interval.data.wall_ns = description_.start_wall_ns + mono_ns_ - description_.start_mono_ns;
		for (const Mechanism& m : catalog())
			if (is_loaded(m)) interval.data.mechanisms.push_back(mechanism_of(m));
		interval.data.overhead = {events_, 2'000'000 + below(1'000'000), 9'000'000};
		return interval;
	}

private:
	uint64_t below(uint64_t end) {
		return std::uniform_int_distribution<uint64_t>(0, end - 1)(random_);
	}
	[[nodiscard]] bool is_loaded(const Mechanism& m) const {
		return load_.mechanisms.empty() ||
			   std::find(load_.mechanisms.begin(), load_.mechanisms.end(), m.id) !=
				   load_.mechanisms.end();
	}
	std::string function_name(uint64_t i) { return "some_subsystem_work_fn_" + std::to_string(i); }

	// A few functions make most of the items.
	uint64_t any_function() {
		const double u = std::uniform_real_distribution<double>(0, 1)(random_);
		return static_cast<uint64_t>(u * u * u * static_cast<double>(load_.functions));
	}

	void record(Histogram& h, uint64_t value_ns, uint32_t cpu, const std::string& function) {
		h.buckets[al_bucket(value_ns)]++;
		h.sum_ns += value_ns;
		h.min_ns = std::min(h.min_ns, value_ns);
		if (value_ns >= h.max.value_ns)
			h.max = {value_ns, mono_ns_ - below(1'000'000'000), cpu, function};
	}

	MechanismData mechanism_of(const Mechanism& m) {
		MechanismData data{.mechanism = m.id};
		for (const Stage& s : m.stages)
			for (size_t c = 0; c < m.classes.size(); c++) {
				StageData stage{s.id, static_cast<al_class>(c), {}, {}};
				stage.cpus.resize(load_.cpus);
				for (uint32_t cpu = 0; cpu < load_.cpus; cpu++) stage.cpus[cpu].max.cpu = cpu;
				data.stages.push_back(std::move(stage));
			}
		std::vector<Histogram> functions(load_.functions), workqueues(load_.workqueues);
		uint64_t items = 0;
		for (uint32_t cpu = 0; cpu < load_.cpus; cpu++) {
			if (std::uniform_real_distribution<double>(0, 1)(random_) >= load_.busy_cpus) continue;
			for (int n = std::poisson_distribution<int>(load_.items_a_cpu)(random_); n > 0; n--) {
				const uint64_t f = any_function();
				items++;
				for (StageData& s : data.stages) {
					if (s.item_class != AL_CLASS_PLAIN || s.stage == AL_WQ_HOLD) continue;
					const double spread = std::normal_distribution<double>(9.2, 0.9)(random_);
					const auto value_ns = static_cast<uint64_t>(std::exp(spread));
					record(s.cpus[cpu], value_ns, cpu, function_name(f));
					if (s.stage != headline(m).id) continue;
					record(functions[f], value_ns, cpu, "");
					record(workqueues[f % load_.workqueues], value_ns, cpu, "");
				}
			}
		}
		add_groups(data, AL_BY_FUNCTION, functions);
		add_groups(data, AL_BY_WORKQUEUE, workqueues);
		for (const Book& book : m.books) data.books.set(book.id, 0);
		for (const al_book book : {AL_QUEUED, AL_MATCHED, AL_STARTED, AL_FINISHED})
			data.books.set(book, items);
		for (const al_book book : {AL_PENDING, AL_RUNNING, AL_MISSED}) data.books.set(book, 0);
		events_ += 3 * items;
		return data;
	}

	void add_groups(MechanismData& data, al_group_kind kind, const std::vector<Histogram>& rows) {
		for (size_t i = 0; i < rows.size(); i++)
			if (!rows[i].empty() || seen_[kind].count(i)) {
				seen_[kind].insert(i);
				data.groups.push_back({kind, function_name(i), rows[i]});
			}
		std::sort(data.groups.begin(), data.groups.end(),
				  [](const GroupData& a, const GroupData& b) {
					  return std::tie(a.kind, a.name) < std::tie(b.kind, b.name);
				  });
	}

	GeneratedLoad load_;
	std::mt19937_64 random_;
	Description description_;
	uint64_t mono_ns_ = 0;
	uint64_t events_ = 0;
	std::set<size_t> seen_[AL_GROUP_KINDS];
};

}  // namespace asynclat
