#include "model/snapshot.h"

#include <gtest/gtest.h>

#include <random>

#include "catalog/mechanism.h"
#include "unit/sample.h"

namespace asynclat {
namespace {

// A source as the kernel is one: counters that only grow, extremes since the reading before.
class GrowingSource {
public:
	GrowingSource() {
		MechanismData m;
		m.mechanism = AL_WORKQUEUE;
		m.stages = {{AL_WQ_WAIT, AL_CLASS_PLAIN, std::vector<Histogram>(3)},
					{AL_WQ_RUN, AL_CLASS_PLAIN, std::vector<Histogram>(3)}};
		for (const char* name : {"f", "g", "h"}) m.groups.push_back({AL_BY_FUNCTION, name, {}});
		m.groups.push_back({AL_BY_WORKQUEUE, "f", {}});
		now_.mechanisms = {m};
	}

	void some_events() {
		MechanismData& m = now_.mechanisms[0];
		for (int i = 0; i < 1000; i++) {
			const uint64_t value = random_() >> (24 + random_() % 40);
			const uint32_t cpu = random_() % 3;
			sample::record(m.stages[0].cpus[cpu], value, 1, i, cpu, "f");
			sample::record(m.stages[1].cpus[cpu], value / 2, 1, i, cpu, "f");
			sample::record(m.groups[random_() % m.groups.size()].histogram, value);
		}
		now_.mono_ns += sample::kSecond;
		m.books.set(AL_QUEUED, m.books.value(AL_QUEUED) + 1010);
		m.books.set(AL_MATCHED, m.books.value(AL_MATCHED) + 1000);
		m.books.set(AL_STARTED, m.books.value(AL_STARTED) + 1000);
		m.books.set(AL_FINISHED, m.books.value(AL_FINISHED) + 999);
		now_.overhead.events += 3000;
		now_.overhead.cpu_ns += 77;
		now_.overhead.rss_bytes = 100 + now_.overhead.events;
	}

	Snapshot read() {
		Snapshot result = now_;
		for (StageData& stage : now_.mechanisms[0].stages)
			for (Histogram& cpu : stage.cpus) forget_extremes(cpu);
		for (GroupData& group : now_.mechanisms[0].groups) forget_extremes(group.histogram);
		return result;
	}

private:
	static void forget_extremes(Histogram& h) {
		h.min_ns = kNoMinimum;
		h.max = {};
	}

	std::mt19937_64 random_{4};
	Snapshot now_;
};

void expect_same(const Histogram& a, const Histogram& b) {
	EXPECT_EQ(a.buckets, b.buckets);
	EXPECT_EQ(a.sum_ns, b.sum_ns);
	EXPECT_EQ(a.min_ns, b.min_ns);
	EXPECT_EQ(a.max.value_ns, b.max.value_ns);
	EXPECT_EQ(a.max.mono_ns, b.max.mono_ns);
	EXPECT_EQ(a.max.cpu, b.max.cpu);
	EXPECT_EQ(a.max.function, b.max.function);
}

void expect_same(const Interval& a, const Interval& b) {
	EXPECT_EQ(a.length_ns, b.length_ns);
	EXPECT_EQ(a.data.mono_ns, b.data.mono_ns);
	EXPECT_EQ(a.data.overhead.events, b.data.overhead.events);
	EXPECT_EQ(a.data.overhead.cpu_ns, b.data.overhead.cpu_ns);
	EXPECT_EQ(a.data.overhead.rss_bytes, b.data.overhead.rss_bytes);
	ASSERT_EQ(a.data.mechanisms.size(), b.data.mechanisms.size());
	for (size_t m = 0; m < a.data.mechanisms.size(); m++) {
		const MechanismData& left = a.data.mechanisms[m];
		const MechanismData& right = b.data.mechanisms[m];
		ASSERT_EQ(left.stages.size(), right.stages.size());
		for (size_t s = 0; s < left.stages.size(); s++)
			for (size_t c = 0; c < left.stages[s].cpus.size(); c++)
				expect_same(left.stages[s].cpus[c], right.stages[s].cpus[c]);
		ASSERT_EQ(left.groups.size(), right.groups.size());
		for (size_t g = 0; g < left.groups.size(); g++) {
			EXPECT_EQ(left.groups[g].kind, right.groups[g].kind);
			EXPECT_EQ(left.groups[g].name, right.groups[g].name);
			expect_same(left.groups[g].histogram, right.groups[g].histogram);
		}
		for (int i = 0; i < AL_BOOKS; i++)
			EXPECT_EQ(left.books.get(static_cast<al_book>(i)),
					  right.books.get(static_cast<al_book>(i)))
				<< book_name(static_cast<al_book>(i));
	}
}

TEST(Snapshot, TwoHalfIntervalsSumToTheWhole) {
	GrowingSource halved, whole;
	const Snapshot begin = halved.read();
	halved.some_events();
	const Snapshot middle = halved.read();
	halved.some_events();
	const Snapshot end = halved.read();

	whole.some_events();
	whole.some_events();

	Interval total;
	accumulate(total, difference(begin, middle));
	accumulate(total, difference(middle, end));
	expect_same(total, difference(begin, whole.read()));
	EXPECT_EQ(total.length_ns, 2 * sample::kSecond);
	EXPECT_EQ(total.data.find(AL_WORKQUEUE)->headline_count(), 2000u);
	EXPECT_EQ(total.data.find(AL_WORKQUEUE)->books.get(AL_PENDING), 20u);
	EXPECT_EQ(total.data.find(AL_WORKQUEUE)->books.get(AL_RUNNING), 2u);
}

TEST(Snapshot, AnIntervalHoldsOnlyWhatCameInIt) {
	GrowingSource source;
	source.some_events();
	const Snapshot first = source.read();
	source.some_events();
	const Interval second = difference(first, source.read());
	const MechanismData& m = *second.data.find(AL_WORKQUEUE);
	EXPECT_EQ(m.headline_count(), 1000u);
	EXPECT_EQ(m.books.get(AL_QUEUED), 1010u);
	EXPECT_EQ(m.books.get(AL_PENDING), 20u);
	EXPECT_EQ(second.data.overhead.events, 3000u);
	EXPECT_EQ(second.data.overhead.rss_bytes, 6100u);
}

TEST(Snapshot, GroupsAreMatchedByKindAndNameInAnyOrder) {
	const Histogram three = sample::histogram({{100, 3}});
	const Histogram five = sample::histogram({{100, 5}});
	Snapshot earlier;
	Snapshot later;
	earlier.mechanisms.emplace_back().groups = {
		{AL_BY_FUNCTION, "a", three}, {AL_BY_WORKQUEUE, "a", three}, {AL_BY_FUNCTION, "b", three}};
	later.mechanisms.emplace_back().groups = {{AL_BY_FUNCTION, "new", five},
											  {AL_BY_FUNCTION, "b", three},
											  {AL_BY_FUNCTION, "a", five},
											  {AL_BY_WORKQUEUE, "a", three}};
	std::map<std::string, uint64_t> counts;
	const Interval came = difference(earlier, later);
	for (const GroupData& g : came.data.mechanisms[0].groups)
		counts[std::to_string(g.kind) + g.name] = g.histogram.count();
	const std::map<std::string, uint64_t> expected = {{"0a", 2}, {"0b", 0}, {"0new", 5}, {"1a", 0}};
	EXPECT_EQ(counts, expected);
}

// Static functions of two modules may share a name; each has a row of its own.
TEST(Snapshot, RowsOfOneNameAreOneGroup) {
	const Histogram one = sample::histogram({{100, 1}});
	const Histogram four = sample::histogram({{100, 4}});
	Snapshot earlier;
	Snapshot later;
	earlier.mechanisms.emplace_back().groups = {{AL_BY_FUNCTION, "work", one},
												{AL_BY_FUNCTION, "work", one}};
	later.mechanisms.emplace_back().groups = {{AL_BY_FUNCTION, "work", four},
											  {AL_BY_FUNCTION, "work", four}};
	const auto groups = difference(earlier, later).data.mechanisms[0].groups;
	ASSERT_EQ(groups.size(), 1u);
	EXPECT_EQ(groups[0].histogram.count(), 6u);
}

TEST(Snapshot, WhatWasNotThereBeforeIsNewAsAWhole) {
	const Interval first = difference(Snapshot{}, sample::interval().data);
	EXPECT_EQ(first.data.find(AL_WORKQUEUE)->headline_count(), 18'204u);
	Interval total;
	accumulate(total, {sample::kSecond, {}});
	accumulate(total, sample::interval());
	EXPECT_EQ(total.data.mechanisms.size(), 2u);
	EXPECT_EQ(total.length_ns, 2 * sample::kSecond);
}

TEST(Snapshot, ClassesOfAStageAreSummedApart) {
	Interval total;
	accumulate(total, sample::interval());
	accumulate(total, sample::interval());
	const MechanismData& m = *total.data.find(AL_DELAYED_WORK);
	EXPECT_EQ(m.stages.size(), 6u);
	EXPECT_EQ(m.stage(AL_DW_LATE)->all_cpus().count(), 18u);
	EXPECT_EQ(m.stage(AL_DW_LATE, AL_CLASS_DEFERRABLE)->all_cpus().count(), 6u);
}

TEST(Snapshot, TheHeadlineIsTheCatalogsAndCountsAllClasses) {
	for (const Mechanism& m : catalog()) {
		MechanismData data;
		data.mechanism = m.id;
		uint64_t expected = 0;
		for (const Stage& s : m.stages)
			for (const al_class c : {AL_CLASS_PLAIN, AL_CLASS_DEFERRABLE}) {
				const uint64_t times = 1 + data.stages.size();
				data.stages.push_back({s.id, c, {sample::histogram({{5, times}})}});
				if (s.id == headline(m).id) expected += times;
			}
		EXPECT_EQ(data.headline_count(), expected) << m.name;
	}
}

TEST(Snapshot, AStageIsFoundByItsClass) {
	const MechanismData m = sample::delayed_work();
	EXPECT_EQ(m.stage(AL_DW_LATE)->all_cpus().count(), 9u);
	EXPECT_EQ(m.stage(AL_DW_LATE, AL_CLASS_DEFERRABLE)->all_cpus().count(), 3u);
	EXPECT_EQ(m.stage(AL_DW_TIMER), nullptr);
}

}  // namespace
}  // namespace asynclat
