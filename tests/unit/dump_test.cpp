// When --dump writes, where to, and what it says.
#include "app/dump.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "fake_source.h"
#include "recorded.h"
#include "unit/sample_items.h"

namespace asynclat {
namespace {

using sample::kMs;
using sample::kSecond;
using testing::ElementsAre;
using testing::HasSubstr;

// Items and runs as they come.
class ItemSource : public FakeSource {
public:
	ItemSource() : FakeSource({}, {}) {}
	std::vector<Item> take_items() override { return std::exchange(items, {}); }
	std::vector<Run> take_runs() override { return std::exchange(runs, {}); }

	std::vector<Item> items;
	std::vector<Run> runs;
};

class DumpTest : public testing::Test {
protected:
	void SetUp() override {
		ASSERT_NE(mkdtemp(folder_.data()), nullptr);
		options_.dump.file = folder_ + "/slow.rec";
		options_.dump.on = {{AL_WQ_WAIT, 1, 10 * kMs, "workqueue.wait.max=10ms"}};
	}
	void TearDown() override { std::filesystem::remove_all(folder_); }

	// The slowest item of the interval that ends at this second.
	std::string interval(Dump& dump, uint64_t second, uint64_t max_ns) {
		return interval_at(dump, second * kSecond, max_ns);
	}
	std::string interval_at(Dump& dump, uint64_t after_ns, uint64_t max_ns) {
		Interval i{.length_ns = kSecond};
		i.data.mono_ns = source_.description().start_mono_ns + after_ns;
		i.data.mechanisms.push_back({.mechanism = AL_WORKQUEUE, .books = books_});
		i.data.mechanisms[0].stages = {
			{AL_WQ_WAIT, AL_CLASS_PLAIN, {sample::histogram({{max_ns, 3}})}}};
		i.data.mechanisms[0].stages[0].cpus[0].max.function = "flush_to_ldisc";
		return dump.interval(i);
	}
	std::vector<std::string> files() {
		std::vector<std::string> names;
		for (const auto& entry : std::filesystem::directory_iterator(folder_))
			names.push_back(entry.path().filename());
		std::ranges::sort(names);
		return names;
	}
	std::string content(const std::string& name) {
		std::ifstream file(folder_ + "/" + name);
		return {std::istreambuf_iterator<char>(file), {}};
	}

	Books books_;
	std::string folder_ = "/tmp/asynclat-dump.XXXXXX";
	Options options_;
	ItemSource source_;
};

TEST_F(DumpTest, WritesOnceWhenALimitIsExceeded) {
	Dump dump(options_, source_);
	source_.items = sample::items();
	for (Item& item : source_.items)
		item.begun_mono_ns += source_.description().start_mono_ns - sample::kStartMono;
	EXPECT_EQ(interval(dump, 1, 10 * kMs), "");
	EXPECT_THAT(files(), testing::IsEmpty());
	const std::string said = interval(dump, 2, 11 * kMs);
	EXPECT_THAT(
		said,
		HasSubstr(
			"--on workqueue.wait.max=10ms was exceeded: it was 11ms in flush_to_ldisc on cpu 0\n"));
	EXPECT_THAT(said, HasSubstr("2 intervals, 3 items, 0 runs\n"));
	EXPECT_THAT(said, HasSubstr("asynclat replay '" + folder_ + "/slow.rec'; '"));
	EXPECT_EQ(interval(dump, 3, 12 * kMs), "");
	EXPECT_THAT(files(), ElementsAre("slow.rec", "slow.rec.json"));

	const Outcome outcome = outcome_of(content("slow.rec"));
	EXPECT_FALSE(outcome.error);
	EXPECT_EQ(outcome.intervals.size(), 2U);
	EXPECT_EQ(outcome.reason, "dump");
	EXPECT_THAT(content("slow.rec.json"), HasSubstr("blk_mq_run_work_fn"));
	EXPECT_THAT(dump.end(), HasSubstr("1 interval more exceeded a limit"));
	EXPECT_FALSE(dump.failure());
}

TEST_F(DumpTest, AStormWritesAtMostSoOften) {
	options_.dump.every_ns = 5 * kSecond;
	Dump dump(options_, source_);
	int said = 0;
	for (uint64_t s = 1; s <= 23; s++) said += !interval(dump, s, 11 * kMs).empty();
	EXPECT_EQ(said, 5);
	EXPECT_THAT(files(), ElementsAre("slow.rec", "slow.rec.1", "slow.rec.1.json", "slow.rec.2",
									 "slow.rec.2.json", "slow.rec.3", "slow.rec.3.json",
									 "slow.rec.4", "slow.rec.4.json", "slow.rec.json"));
}

// An interval is read when the loop comes to it: now a little early, now a little late.
TEST_F(DumpTest, AnIntervalThatEndedAMomentEarlyIsNotPassedOver) {
	options_.dump.every_ns = kSecond;
	Dump dump(options_, source_);
	for (uint64_t s = 1; s <= 7; s++)
		EXPECT_NE(interval_at(dump, s * kSecond - s % 2 * kMs, 11 * kMs), "") << s;
}

TEST_F(DumpTest, SaysWhatTheRingHadNoRoomFor) {
	Dump dump(options_, source_);
	books_.set(AL_ITEMS_DROPPED, 0);
	EXPECT_EQ(interval(dump, 1, 1 * kMs), "");
	books_.set(AL_ITEMS_DROPPED, 1'009);
	books_.set(AL_RUNS_DROPPED, 503);
	const std::string said = interval(dump, 2, 11 * kMs);
	EXPECT_THAT(said, HasSubstr(", 1,009 items dropped in the kernel, 503 runs dropped in the"));
	EXPECT_THAT(said, HasSubstr("a longer --min tells of fewer"));
}

TEST_F(DumpTest, TheNumberOfFilesHasAnEnd) {
	options_.dump.every_ns = 1;
	options_.quiet = true;
	Dump dump(options_, source_);
	for (uint64_t s = 1; s <= kMostDumps + 7; s++) EXPECT_EQ(interval(dump, s, 11 * kMs), "");
	EXPECT_EQ(files().size(), 2 * kMostDumps);
	EXPECT_THAT(dump.end(), HasSubstr("7 intervals more"));
}

TEST_F(DumpTest, ALimitThatIsNotReachedIsToldAtTheEnd) {
	Dump dump(options_, source_);
	for (uint64_t s = 1; s <= 5; s++) EXPECT_EQ(interval(dump, s, 10 * kMs), "");
	EXPECT_THAT(files(), testing::IsEmpty());
	EXPECT_THAT(dump.end(), HasSubstr("no interval exceeded a limit of --on"));
}

TEST_F(DumpTest, NothingIsOverwrittenWithoutForce) {
	EXPECT_TRUE(Dump::check(options_));
	EXPECT_THAT(files(), testing::IsEmpty());
	options_.dump.every_ns = 1;
	for (const char* name : {"slow.rec.1", "slow.rec.2.json"})
		std::ofstream(folder_ + "/" + name) << "precious";
	{
		Dump dump(options_, source_);
		for (uint64_t s = 1; s <= 2; s++) interval(dump, s, 11 * kMs);
	}
	EXPECT_THAT(files(), ElementsAre("slow.rec", "slow.rec.1", "slow.rec.2.json", "slow.rec.3",
									 "slow.rec.3.json", "slow.rec.json"));
	EXPECT_EQ(content("slow.rec.1") + content("slow.rec.2.json"), "preciousprecious");

	const Status there = Dump::check(options_);
	ASSERT_FALSE(there);
	EXPECT_EQ(there.error().hint, "--force replaces it");
	options_.force = true;
	EXPECT_TRUE(Dump::check(options_));
	const std::string before = content("slow.rec");
	Dump dump(options_, source_);
	interval(dump, 3, 11 * kMs);
	interval(dump, 4, 11 * kMs);
	EXPECT_NE(content("slow.rec"), before);
	EXPECT_NE(content("slow.rec.1"), "precious");
}

TEST_F(DumpTest, NoLinkIsFollowed) {
	std::filesystem::create_symlink(folder_ + "/elsewhere", options_.dump.file);
	EXPECT_FALSE(Dump::check(options_));
	options_.force = true;
	EXPECT_FALSE(Dump::check(options_));
	Dump dump(options_, source_);
	EXPECT_THAT(interval(dump, 1, 11 * kMs), HasSubstr("cannot write"));
	EXPECT_TRUE(dump.failure());
	EXPECT_FALSE(std::filesystem::exists(folder_ + "/elsewhere"));
}

TEST_F(DumpTest, ItemsAreHandedOnOnlyWhereTheyAreShown) {
	for (const bool shows : {false, true}) {
		options_.shows_items = shows;
		Dump dump(options_, source_);
		source_.items = sample::items();
		EXPECT_EQ(dump.source().take_items().size(), shows ? 3U : 0U);
		// What comes while a dump is written is shown later.
		source_.items = sample::items();
		interval(dump, 1, 11 * kMs);
		EXPECT_EQ(dump.source().take_items().size(), shows ? 3U : 0U);
		std::filesystem::remove(options_.dump.file);
		std::filesystem::remove(options_.dump.file + ".json");
	}
}

}  // namespace
}  // namespace asynclat
