// What past intervals held, for pictures over time: counts only, its CPUs together.
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "model/snapshot.h"

namespace asynclat {

// What a picture is about: one stage of one class of items.
struct Subject {
	al_mechanism mechanism{};
	al_stage stage{};
	al_class item_class = AL_CLASS_PLAIN;

	auto operator<=>(const Subject&) const = default;
};

const StageData* find(const Interval& interval, const Subject& subject);

// A histogram without its empty buckets.
class SparseHistogram {
public:
	explicit SparseHistogram(const Histogram& histogram);
	[[nodiscard]] Histogram expand() const;

private:
	std::vector<std::pair<uint32_t, uint64_t>> buckets_;
	uint64_t sum_ns_, min_ns_;
	Peak max_;
};

// A ring of the newest intervals, oldest first.
class History {
public:
	struct Moment {
		uint64_t mono_ns = 0;  // its end
		uint64_t length_ns = 0;
		std::map<Subject, SparseHistogram> histograms;  // those with events
	};

	// Of these CPUs, in ascending order; none: all.
	explicit History(std::vector<uint32_t> cpus = {}, size_t most = 512)
		: most_(most), cpus_(std::move(cpus)) {}

	void add(const Interval& interval, const Description& description);
	[[nodiscard]] const std::deque<Moment>& moments() const { return moments_; }

private:
	size_t most_;
	std::vector<uint32_t> cpus_;
	std::deque<Moment> moments_;
};

}  // namespace asynclat
