#include "export/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "unit/sample.h"

namespace asynclat {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Interval odd_names() {
	Interval i = sample::interval();
	Histogram h;
	sample::record(h, 5'000, 1, sample::kSecond, 0, "esc\x1b[2J \xff\xc3\xa9 \"q\" \\ \x7f");
	i.data.mechanisms[0].groups = {{AL_BY_WORKQUEUE, "new\nline", h}};
	i.data.mechanisms[0].stages[0].cpus = {h, {}, {}};
	return i;
}

Json interval_json(const Interval& interval = sample::interval()) {
	return Json::parse(json_interval(interval, sample::description()));
}

uint64_t sum(const Json& rows) {
	uint64_t count = 0;
	for (const Json& row : rows) count += row.at("count").get<uint64_t>();
	return count;
}

TEST(Json, StartSaysWhatIsMeasured) {
	EXPECT_EQ(
		json_start(sample::description()),
		R"({"schema":1,"type":"start","version":"0.1.0","time":"2026-11-23T12:03:00.000Z",)"
		R"("mono_ns":500000000000,"kernel":"6.12.1","cpus":[0,1,3],"map_bytes":1048576,)"
		R"("mechanisms":[{"name":"workqueue","hooks":{"queued":"tp_btf:workqueue_queue_work",)"
		R"("started":"tp_btf:workqueue_execute_start"},"stages":["wait","run"],)"
		R"("unavailable":{"kick":"sched_waking: permission denied"}},)"
		R"({"name":"delayed_work","hooks":{"armed":"tp_btf:timer_start"},)"
		R"("stages":["late","run","delay"],"unavailable":{}}]})");
}

TEST(Json, IntervalIsInTheOrderOfTheContract) {
	const std::string line = json_interval(sample::interval(), sample::description());
	EXPECT_THAT(
		line,
		StartsWith(
			R"({"schema":1,"type":"interval","time":"2026-11-23T12:03:05.123Z",)"
			R"("mono_ns":505000000000,"interval_ns":1000000000,"mechanisms":[{"name":"workqueue",)"
			R"("stages":[{"name":"wait","count":18204,"sum_ns":142465144,"min_ns":612,)"
			R"("max_ns":410123,"p50_ns":6143,"p90_ns":12287,"p99_ns":53247,"p999_ns":53247,)"
			R"("max_at":{"mono_ns":504123456789,"cpu":1,"function":"flush_to_ldisc"},)"
			R"("buckets":[{"ge_ns":576,"lt_ns":640,"count":38},)"));
	EXPECT_THAT(line, HasSubstr(R"("cpus":[{"cpu":0,"count":18168,"p50_ns":6143,"p99_ns":53247,)"
								R"("max_ns":98765},{"cpu":1,)"));
	EXPECT_THAT(line, HasSubstr(R"("functions":[{"name":"other","count":10000,"p50_ns":3000,)"
								R"("p99_ns":3000,"max_ns":3000},{"name":"vmstat_update",)"));
	EXPECT_THAT(line, HasSubstr(R"("pools":[{"name":"cpu0",)"));
	EXPECT_THAT(line, HasSubstr(R"("overhead":{"events":36511,"cpu_percent":0.123,)"
								R"("rss_bytes":3145728}})"));
	EXPECT_THAT(line, Not(HasSubstr("\n")));
}

TEST(Json, EndCarriesTheTotal) {
	const Json end = Json::parse(json_end(sample::interval(), sample::description(), "count"));
	EXPECT_EQ(end.at("type"), "end");
	EXPECT_EQ(end.at("reason"), "count");
	EXPECT_EQ(end.at("total").at("mechanisms"), interval_json().at("mechanisms"));
}

TEST(Json, BucketsAndCpusSumToTheCount) {
	const Json line = interval_json();
	ASSERT_EQ(line.at("mechanisms").size(), 2u);
	for (const Json& mechanism : line.at("mechanisms"))
		for (const Json& stage : mechanism.at("stages")) {
			EXPECT_EQ(sum(stage.at("buckets")), stage.at("count")) << stage;
			EXPECT_EQ(sum(stage.at("cpus")), stage.at("count")) << stage;
		}
}

TEST(Json, BooksIdentitiesHold) {
	const Json mechanism = interval_json().at("mechanisms").at(0);
	const Json& b = mechanism.at("books");
	const auto n = [&](const char* name) { return b.at(name).get<uint64_t>(); };
	EXPECT_EQ(n("queued"), n("matched") + n("cancelled") + n("superseded") + n("refused") +
							   n("aged_out") + n("dropped_full") + n("dropped_busy") +
							   n("pending"));
	EXPECT_EQ(n("started"), n("matched") + n("barriers") + n("unmatched_start"));
	EXPECT_EQ(n("started"), n("finished") + n("running") + n("lost_finish"));
	EXPECT_EQ(
		mechanism.at("stages").at(0).at("count").get<uint64_t>() + n("negative") + n("filtered"),
		n("matched"));
}

TEST(Json, CountersThatAMechanismDoesNotHaveAreAbsent) {
	const Json mechanisms = interval_json().at("mechanisms");
	EXPECT_FALSE(mechanisms.at(0).at("books").contains("rearmed"));
	EXPECT_EQ(mechanisms.at(1).at("books").at("rearmed"), 1);
	EXPECT_FALSE(mechanisms.at(1).at("books").contains("unmatched_start"));
	EXPECT_FALSE(mechanisms.at(1).contains("pools"));
}

TEST(Json, AClassIsNamedUnlessItIsThePlainOne) {
	const Json stages = interval_json().at("mechanisms").at(1).at("stages");
	EXPECT_FALSE(stages.at(0).contains("class"));
	EXPECT_EQ(stages.at(1).at("name"), "late");
	EXPECT_EQ(stages.at(1).at("class"), "deferrable");
}

TEST(Json, CpusAreThoseOfTheMachineThatHaveEvents) {
	const Json stages = interval_json().at("mechanisms").at(1).at("stages");
	ASSERT_EQ(stages.at(1).at("cpus").size(), 1u);
	EXPECT_EQ(stages.at(1).at("cpus").at(0).at("cpu"), 3);
}

TEST(Json, RowsWithoutEventsAreLeftOut) {
	const Json functions = interval_json().at("mechanisms").at(0).at("functions");
	EXPECT_EQ(functions.size(), 3u);
	EXPECT_THAT(functions.dump(), Not(HasSubstr("never_ran")));
}

TEST(Json, AnEmptyStageHasNoFigures) {
	Interval i = sample::interval();
	i.data.mechanisms[0].stages = {{AL_WQ_WAIT, AL_CLASS_PLAIN, {{}, {}, {}}}};
	EXPECT_THAT(
		json_interval(i, sample::description()),
		HasSubstr(R"("stages":[{"name":"wait","count":0,"sum_ns":0,"buckets":[],"cpus":[]}])"));
}

TEST(Json, TheOpenBucketHasNoEnd) {
	Interval i = sample::interval();
	i.data.mechanisms[0].stages = {
		{AL_WQ_WAIT, AL_CLASS_PLAIN, {sample::histogram({{1ULL << 50, 1}})}}};
	const Json stage = interval_json(i).at("mechanisms").at(0).at("stages").at(0);
	EXPECT_EQ(stage.at("buckets").at(0),
			  Json({{"ge_ns", al_bucket_low(AL_BUCKETS - 1)}, {"count", 1}}));
	EXPECT_EQ(stage.at("max_ns"), 1ULL << 50);
}

TEST(Json, UnknownExtremesAreAbsent) {
	Interval i = sample::interval();
	Histogram h = sample::histogram({{5'000, 1}});
	h.min_ns = kNoMinimum;
	h.max = {};
	i.data.mechanisms[0].stages = {{AL_WQ_WAIT, AL_CLASS_PLAIN, {h}}};
	const Json stage = interval_json(i).at("mechanisms").at(0).at("stages").at(0);
	for (const char* unknown : {"min_ns", "max_ns", "max_at"})
		EXPECT_FALSE(stage.contains(unknown));
	EXPECT_FALSE(stage.at("cpus").at(0).contains("max_ns"));
	EXPECT_EQ(stage.at("p99_ns"), 5'119);
}

TEST(Json, NamesFromOutsideAreMadeSafe) {
	const std::string line = json_interval(odd_names(), sample::description());
	for (const char c : line) {
		EXPECT_GE(c, ' ');
		EXPECT_LE(c, '~');
	}
	EXPECT_THAT(line, HasSubstr(R"("function":"esc\u001b[2J \ufffd\u00e9 \"q\" \\ \u007f")"));
	EXPECT_THAT(line, HasSubstr(R"("workqueues":[{"name":"new\nline")"));
	EXPECT_EQ(Json::parse(line).at("mechanisms").at(0).at("workqueues").at(0).at("name"),
			  "new\nline");
}

// test_json_schema.py holds these lines against docs/schema/asynclat-1.schema.json.
// A run whose only stage has books of its own.
Interval wakeups() {
	Interval i = sample::interval();
	MechanismData kthread{.mechanism = AL_KTHREAD};
	Books books;
	for (const al_book book : {AL_QUEUED, AL_MATCHED, AL_STARTED}) books.set(book, 3);
	for (const al_book book : {AL_PENDING, AL_UNMATCHED_START, AL_COALESCED}) books.set(book, 0);
	kthread.stages = {{AL_KT_WAKEUP, AL_CLASS_PLAIN, {sample::histogram({{5'000, 3}})}, books}};
	kthread.groups = {{AL_BY_WOKEN, "rcu_\x1b[2J", sample::histogram({{5'000, 3}})}};
	i.data.mechanisms = {kthread};
	return i;
}

TEST(Json, AStageWithBooksOfItsOwnCarriesThem) {
	const std::string line = json_interval(wakeups(), sample::description());
	EXPECT_EQ(line.find('\x1b'), std::string::npos);
	const Json kthread = Json::parse(line)["mechanisms"][0];
	EXPECT_FALSE(kthread.contains("books"));
	EXPECT_FALSE(kthread.contains("spawned"));
	EXPECT_EQ(kthread["woken"][0]["name"], "rcu_\x1b[2J");
	EXPECT_EQ(kthread["stages"][0]["books"]["queued"], 3);
	EXPECT_FALSE(kthread["stages"][0]["books"].contains("finished"));
}

TEST(Json, SamplesForTheSchema) {
	Interval empty = sample::interval();
	empty.length_ns = 0;
	empty.data.overhead.rss_bytes = 0;
	empty.data.mechanisms.resize(1);
	empty.data.mechanisms[0].stages = {{AL_WQ_WAIT, AL_CLASS_PLAIN, {{}, {}, {}}}};
	empty.data.mechanisms[0].groups.clear();
	Interval saturated = sample::interval();
	sample::record(saturated.data.mechanisms[0].stages[0].cpus[0], 1ULL << 60);

	const Description d = sample::description();
	std::ofstream file(BINARY_DIR "/json_samples.jsonl", std::ios::trunc);
	file << json_start(d) << "\n" << json_start(Description{}) << "\n";
	for (const Interval& i : {sample::interval(), odd_names(), empty, saturated, wakeups()})
		file << json_interval(i, d) << "\n";
	file << json_end(sample::interval(), d, "count") << "\n";
	EXPECT_TRUE(file.flush());
}

}  // namespace
}  // namespace asynclat
