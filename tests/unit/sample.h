// A run to look at: two mechanisms on a machine whose CPU 2 does not exist.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "model/snapshot.h"

namespace asynclat::sample {

inline constexpr uint64_t kSecond = 1'000'000'000;
inline constexpr uint64_t kStartMono = 500 * kSecond;
inline constexpr uint64_t kStartWall = 1'795'435'380 * kSecond;  // 2026-11-23 12:03:00 UTC

// Records a value as a CPU would; `at_ns` is counted from the start.
inline void record(Histogram& histogram, uint64_t value_ns, uint64_t times = 1,
				   uint64_t at_ns = kSecond, uint32_t cpu = 0, const std::string& function = {}) {
	histogram.buckets[al_bucket(value_ns)] += times;
	histogram.sum_ns += value_ns * times;
	if (histogram.min_ns == kNoMinimum || value_ns > histogram.max.value_ns)
		histogram.max = {value_ns, kStartMono + at_ns, cpu, function};
	histogram.min_ns = std::min(histogram.min_ns, value_ns);
}

inline Histogram histogram(const std::vector<std::pair<uint64_t, uint64_t>>& values_and_times) {
	Histogram result;
	for (const auto& [value_ns, times] : values_and_times) record(result, value_ns, times);
	return result;
}

inline Description description() {
	Description d;
	d.version = "0.1.0";
	d.kernel = "6.12.1";
	d.start_mono_ns = kStartMono;
	d.start_wall_ns = kStartWall;
	d.map_bytes = 1'048'576;
	d.cpus = {0, 1, 3};
	d.mechanisms = {
		{AL_WORKQUEUE,
		 {{"queued", "tp_btf:workqueue_queue_work"}, {"started", "tp_btf:workqueue_execute_start"}},
		 {AL_WQ_WAIT, AL_WQ_RUN},
		 {{"kick", "sched_waking: permission denied"}}},
		{AL_DELAYED_WORK,
		 {{"armed", "tp_btf:timer_start"}},
		 {AL_DW_LATE, AL_DW_RUN, AL_DW_DELAY},
		 {}},
	};
	return d;
}

inline Histogram workqueue_wait_cpu0() {
	Histogram h = histogram({{612, 38},
							 {1'500, 906},
							 {3'000, 5'210},
							 {6'000, 7'713},
							 {12'000, 2'890},
							 {25'000, 1'100},
							 {50'000, 310}});
	record(h, 98'765, 1, 2 * kSecond, 0, "vmstat_update");
	return h;
}

inline Histogram workqueue_wait_cpu1() {
	Histogram h = histogram({{9'000, 24}, {70'000, 11}});
	record(h, 410'123, 1, 4 * kSecond + 123'456'789, 1, "flush_to_ldisc");
	return h;
}

inline Books workqueue_books() {
	Books b;
	for (int i = 0; i < AL_BOOKS; i++) b.set(static_cast<al_book>(i), 0);
	b.forget(AL_REARMED);
	b.forget(AL_FLUSHED_EARLY);
	b.forget(AL_COALESCED);
	b.set(AL_QUEUED, 18'211);
	b.set(AL_MATCHED, 18'204);
	b.set(AL_CANCELLED, 1);
	b.set(AL_PENDING, 6);
	b.set(AL_STARTED, 18'300);
	b.set(AL_BARRIERS, 90);
	b.set(AL_UNMATCHED_START, 6);
	b.set(AL_FINISHED, 18'299);
	b.set(AL_RUNNING, 1);
	return b;
}

inline Books delayed_work_books() {
	Books b = workqueue_books();
	b.forget(AL_BARRIERS);
	b.forget(AL_UNMATCHED_START);
	b.set(AL_QUEUED, 19);
	b.set(AL_MATCHED, 12);
	b.set(AL_CANCELLED, 2);
	b.set(AL_REARMED, 1);
	b.set(AL_FLUSHED_EARLY, 1);
	b.set(AL_PENDING, 3);
	b.set(AL_STARTED, 12);
	b.set(AL_FINISHED, 12);
	b.set(AL_RUNNING, 0);
	return b;
}

inline MechanismData workqueue() {
	MechanismData m;
	m.mechanism = AL_WORKQUEUE;
	m.stages = {
		{AL_WQ_WAIT, AL_CLASS_PLAIN, {workqueue_wait_cpu0(), workqueue_wait_cpu1(), {}}},
		{AL_WQ_RUN,
		 AL_CLASS_PLAIN,
		 {histogram({{800, 4'000}, {1'800, 9'263}, {5'000, 5'000}}),
		  histogram({{30'000, 36}}),
		  {}}},
	};
	m.groups = {
		{AL_BY_FUNCTION, "vmstat_update", histogram({{6'000, 7'713}, {98'765, 1}})},
		{AL_BY_FUNCTION, "never_ran", {}},
		{AL_BY_FUNCTION, kOtherGroup.data(), histogram({{3'000, 10'000}})},
		{AL_BY_FUNCTION, "flush_to_ldisc", histogram({{9'000, 489}, {410'123, 1}})},
		{AL_BY_WORKQUEUE, "events_unbound", histogram({{9'000, 490}})},
		{AL_BY_WORKQUEUE, "mm_percpu_wq", histogram({{6'000, 17'714}})},
		{AL_BY_POOL, "cpu0", histogram({{6'000, 18'168}})},
		{AL_BY_POOL, "cpu1 nice -20", histogram({{9'000, 36}})},
	};
	m.books = workqueue_books();
	return m;
}

inline MechanismData delayed_work() {
	MechanismData m;
	m.mechanism = AL_DELAYED_WORK;
	m.stages = {
		{AL_DW_LATE, AL_CLASS_PLAIN, {histogram({{3'100'000, 6}, {4'050'000, 3}}), {}, {}}},
		{AL_DW_LATE,
		 AL_CLASS_DEFERRABLE,
		 {{}, {}, histogram({{800'000'000, 2}, {2'000'000'000, 1}})}},
		{AL_DW_RUN, AL_CLASS_PLAIN, {histogram({{2'000, 9}}), {}, {}}},
		{AL_DW_RUN, AL_CLASS_DEFERRABLE, {{}, {}, histogram({{2'000, 3}})}},
		{AL_DW_DELAY,
		 AL_CLASS_PLAIN,
		 {histogram({{4'000'000, 2}, {1'000'000'000, 6}, {60'000'000'000, 1}}), {}, {}}},
		{AL_DW_DELAY, AL_CLASS_DEFERRABLE, {{}, {}, histogram({{2'000'000'000, 3}})}},
	};
	m.books = delayed_work_books();
	return m;
}

inline Interval interval() {
	Interval i;
	i.length_ns = kSecond;
	i.data.mono_ns = kStartMono + 5 * kSecond;
	i.data.wall_ns = kStartWall + 5 * kSecond + 123'000'000;
	i.data.mechanisms = {workqueue(), delayed_work()};
	i.data.overhead = {36'511, 1'234'567, 3'145'728};
	return i;
}

}  // namespace asynclat::sample
