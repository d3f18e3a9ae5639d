// The trace: that it is what Perfetto reads, and a picture of it.
#include "export/trace.h"

#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>

#include "catalog/mechanism.h"
#include "golden.h"
#include "unit/sample_items.h"

namespace asynclat {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

std::string trace_of(const std::vector<Item>& items, const std::vector<Run>& runs) {
	Description description = sample::description();
	description.notes = {"--on workqueue.wait.max=10ms was exceeded: it was 12ms"};
	Trace trace;
	std::string text = trace.start(description);
	for (const Item& item : items) text += trace.item(item);
	for (const Run& run : runs) text += trace.run(run);
	return text + trace.end();
}

// All that the format asks for; tests/live/trace_format.py asks the same of a live run.
void check_format(const std::string& text) {
	const Json trace = Json::parse(text);
	EXPECT_EQ(trace.at("displayTimeUnit"), "ns");
	std::map<std::string, Json> begun;
	std::map<std::pair<uint64_t, uint64_t>, std::vector<std::pair<double, double>>> slices;
	std::set<std::pair<uint64_t, uint64_t>> threads;
	std::set<uint64_t> processes;
	for (const Json& event : trace.at("traceEvents")) {
		const std::string phase = event.at("ph");
		const uint64_t pid = event.at("pid"), tid = event.at("tid");
		EXPECT_GT(pid, 0U);
		EXPECT_GT(tid, 0U);
		if (phase == "M") {
			EXPECT_FALSE(event.at("args").at("name").get<std::string>().empty());
			if (event.at("name") == "process_name") processes.insert(pid);
			if (event.at("name") == "thread_name") threads.emplace(pid, tid);
			continue;
		}
		const double ts = event.at("ts");
		if (phase == "X") {
			slices[{pid, tid}].emplace_back(ts, ts + event.at("dur").get<double>());
			continue;
		}
		const std::string key =
			event.at("cat").get<std::string>() + " " + event.at("id").get<std::string>();
		if (phase == "b") {
			EXPECT_TRUE(begun.emplace(key, event).second) << key;
			continue;
		}
		ASSERT_EQ(phase, "e");
		ASSERT_TRUE(begun.contains(key)) << key;
		EXPECT_GE(ts, begun[key].at("ts").get<double>());
		EXPECT_EQ(event.at("name"), begun[key].at("name"));
		begun.erase(key);
	}
	EXPECT_TRUE(begun.empty());
	for (auto& [thread, of_it] : slices) {
		EXPECT_TRUE(threads.contains(thread)) << thread.second;
		EXPECT_TRUE(processes.contains(thread.first));
		std::ranges::sort(of_it);
		for (size_t i = 1; i < of_it.size(); i++)
			EXPECT_TRUE(of_it[i].first >= of_it[i - 1].second ||
						of_it[i].second <= of_it[i - 1].second);
	}
}

Description all_mechanisms() {
	Description description = sample::description();
	description.mechanisms.clear();
	for (const Mechanism& m : catalog()) description.mechanisms.push_back({.mechanism = m.id});
	return description;
}

TEST(Trace, Golden) {
	Trace trace;
	Description description = all_mechanisms();
	description.notes = {"--on workqueue.wait.max=10ms was exceeded: it was 12ms"};
	std::string text = trace.start(description);
	for (const Item& item : sample::items()) text += trace.item(item);
	for (const auto& run : sample::runs()) text += trace.run(run);
	text += trace.end();
	check_format(text);
	expect_golden("trace.json", text);
}

TEST(Trace, WithoutAnythingItIsStillOne) { check_format(trace_of({}, {})); }

TEST(Trace, TimesAreMicrosecondsToTheNanosecond) {
	Item item = sample::plain_item();
	item.begun_mono_ns = 1'234'567'890'123'456'007;
	item.wait_ns = 5;
	const std::string text = trace_of({item}, {});
	EXPECT_THAT(text, HasSubstr("\"ts\":1234567890123456.007,"));
	EXPECT_THAT(text, HasSubstr("\"ts\":1234567890123456.012}"));
}

TEST(Trace, NamesFromOutsideAreEscaped) {
	Item item = sample::told_item();
	item.function = "f\xff\"\n";
	asynclat::Run run = sample::runs()[0];
	run.thread = "t\xc3\"\\";
	const std::string text = trace_of({item}, {run});
	check_format(text);
	EXPECT_THAT(text, HasSubstr(R"("name":"f\ufffd\"\n")"));
}

}  // namespace
}  // namespace asynclat
