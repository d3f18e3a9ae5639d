// A recording is a source like any other: what was shown live is shown again, byte for byte.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "app/output_file.h"
#include "app/replay_loop.h"
#include "export/json.h"
#include "generated_run.h"
#include "random_run.h"
#include "recorded.h"
#include "recording/replay.h"
#include "sample.h"

namespace asynclat {
namespace {

using testing::HasSubstr;

std::string read_all(int fd) {
	std::string text(1 << 24, '\0');
	lseek(fd, 0, SEEK_SET);
	text.resize(static_cast<size_t>(std::max<ssize_t>(0, read(fd, text.data(), text.size()))));
	return text;
}

// What a replay prints, and how it ended.
struct Played {
	std::string text;
	std::optional<Interval> total;
	std::optional<Error> damage;
	uint64_t out_of_order = 0;
};

Played play(std::string_view bytes, const Options& options, Selection selection = {}) {
	auto replay = Replay::open(file_of(bytes), std::move(selection));
	Played played;
	if (!replay) {
		played.damage = replay.error();
		return played;
	}
	const int file = file_of("");
	Outlet outlet(file);
	Signals signals;
	NoConsole nobody;
	const auto report = make_report(options, {}, {});
	const auto total = replay_loop(**replay, *report, nobody, outlet, signals, {});
	EXPECT_TRUE(total);
	played.total = *total;
	played.text = read_all(file);
	played.damage = (*replay)->damage();
	played.out_of_order = (*replay)->out_of_order();
	close(file);
	return played;
}

// What the live run printed.
std::string live(const Options& options, const Description& description,
				 const std::vector<Interval>& intervals, std::string_view reason) {
	const auto report = make_report(options, {}, {});
	std::string text = report->start(description);
	Interval total;
	for (size_t i = 0; i < intervals.size(); i++) {
		accumulate(total, intervals[i]);
		text += i + 1 < intervals.size() ? report->interval(intervals[i], description)
										 : report->end(intervals[i], total, description, reason);
	}
	return text;
}

std::vector<Interval> generated(GeneratedRun& run, size_t count) {
	std::vector<Interval> intervals;
	for (size_t i = 0; i < count; i++) intervals.push_back(run.next());
	return intervals;
}

TEST(Replay, GivesTheLiveOutputByteForByte) {
	for (const uint64_t seed : {1, 2, 3, 5, 7}) {
		GeneratedRun run({.cpus = 5, .items_a_cpu = static_cast<double>(seed), .busy_cpus = 0.7},
						 seed);
		const auto intervals = generated(run, 7);
		const std::string bytes = joined(recorded(run.description(), intervals));
		for (const bool json : {true, false})
			for (const Grouping grouping : {Grouping::none, Grouping::cpu, Grouping::function}) {
				const Options options{.grouping = grouping, .timestamps = true, .json = json};
				const Played played = play(bytes, options);
				EXPECT_FALSE(played.damage);
				EXPECT_EQ(played.text, live(options, run.description(), intervals, "count"))
					<< "seed " << seed;
			}
	}
}

// Whatever fields hold: times that jump, sums that wrap, names that are no text.
TEST(Replay, GivesTheLiveJsonOfRunsThatNoKernelWouldGive) {
	const Options json{.json = true};
	for (uint64_t seed = 1; seed <= 97; seed++) {
		RandomRun run(seed);
		Snapshot before;
		before.mono_ns = run.description().start_mono_ns;
		const Interval first = difference(before, run.interval().data);
		const Played played = play(joined(recorded(run.description(), {first})), json);
		EXPECT_EQ(played.text, live(json, run.description(), {first}, "count")) << "seed " << seed;
	}
}

TEST(Replay, ShowsWhatIsThereOfACutRecordingAndThenTheOffset) {
	GeneratedRun run({.cpus = 2, .items_a_cpu = 3});
	const auto intervals = generated(run, 3);
	auto pieces = recorded(run.description(), intervals);
	pieces.pop_back();
	pieces.back().resize(pieces.back().size() / 2);
	const Options json{.json = true};
	const Played played = play(joined(pieces), json);
	ASSERT_TRUE(played.damage);
	EXPECT_EQ(played.damage->what, "the recording is cut off");
	EXPECT_THAT(played.damage->evidence,
				HasSubstr(std::to_string(joined(pieces).size() - pieces.back().size())));
	EXPECT_EQ(played.text,
			  live(json, run.description(), {intervals[0], intervals[1]}, "truncated"));
}

TEST(Replay, WhatFollowsTheEndIsLeftOutAndKnown) {
	GeneratedRun run({.cpus = 2, .items_a_cpu = 3});
	const std::string bytes = joined(recorded(run.description(), generated(run, 3)));
	for (const bool twice : {false, true}) {
		auto replay = Replay::open(file_of(twice ? bytes + bytes : bytes));
		ASSERT_TRUE(replay);
		while (!(*replay)->at_last()) ASSERT_TRUE((*replay)->read());
		ASSERT_TRUE((*replay)->finish());
		EXPECT_EQ((*replay)->has_more(), twice);
		EXPECT_FALSE((*replay)->damage());
	}
}

// A person who has seen enough: shown after so many intervals.
class Leaver : public NoConsole {
public:
	explicit Leaver(size_t after) : left_(after) {}
	[[nodiscard]] bool quit_asked() const override { return left_ == 0 || !left_--; }

private:
	mutable size_t left_;
};

TEST(Replay, QuittingCountsWhatWasShownAndNoMore) {
	GeneratedRun run({.cpus = 2, .items_a_cpu = 3});
	const auto intervals = generated(run, 5);
	for (const size_t shown : {0, 1, 3}) {
		auto replay = Replay::open(file_of(joined(recorded(run.description(), intervals))));
		ASSERT_TRUE(replay);
		const int file = file_of("");
		Outlet outlet(file);
		Signals signals;
		Leaver leaver(shown);
		const auto report = make_report({.json = true}, {}, {});
		const auto total = replay_loop(**replay, *report, leaver, outlet, signals, {});
		ASSERT_TRUE(total);
		uint64_t length_ns = 0;
		for (size_t i = 0; i < shown; i++) length_ns += intervals[i].length_ns;
		EXPECT_EQ(total->length_ns, length_ns);
		EXPECT_THAT(read_all(file), HasSubstr("\"reason\":\"key\""));
		close(file);
	}
}

TEST(Replay, WithoutAnyIntervalThereIsNothingToShow) {
	const std::string start = RecordingWriter().start(sample::description(), "host");
	EXPECT_EQ(play(start, {}).damage->what, "the recording has no end: its writer was cut off");
	EXPECT_EQ(play(start + RecordingWriter::end("count"), {}).damage->what,
			  "the recording has no interval");
}

TEST(Replay, IntervalsOutOfOrderAreLeftOutAndCounted) {
	GeneratedRun run({.cpus = 2, .items_a_cpu = 3});
	auto intervals = generated(run, 4);
	const Options json{.json = true};
	const std::vector<Interval> sorted = {intervals[0], intervals[2], intervals[3]};
	std::swap(intervals[1], intervals[2]);
	const Played played = play(joined(recorded(run.description(), intervals)), json);
	EXPECT_EQ(played.out_of_order, 1U);
	uint64_t events = 0;
	for (const Interval& i : sorted) events += i.data.overhead.events;
	EXPECT_EQ(played.total->data.overhead.events, events);
}

// ---- what is chosen afterwards ---------------------------------------------------------------

TEST(Replay, MechanismsAndStagesCanBeChosen) {
	GeneratedRun run({.cpus = 2, .items_a_cpu = 3});
	const std::string bytes = joined(recorded(run.description(), generated(run, 2)));
	const Played played = play(bytes, {}, {{AL_WORKQUEUE}, {AL_WQ_RUN}, {}});
	EXPECT_THAT(played.text, HasSubstr("workqueue run"));
	EXPECT_THAT(played.text, testing::Not(HasSubstr("workqueue wait")));
	EXPECT_THAT(played.text, testing::Not(HasSubstr("delayed_work")));
}

TEST(Replay, ItemsOfOtherCpusBecomeFilteredAndTheBooksHold) {
	GeneratedRun run({.cpus = 3, .items_a_cpu = 29});
	const auto intervals = generated(run, 2);
	const std::string bytes = joined(recorded(run.description(), intervals));
	const Played all = play(bytes, {}), one = play(bytes, {}, {{}, {}, {1}});
	for (size_t m = 0; m < all.total->data.mechanisms.size(); m++) {
		const MechanismData& whole = all.total->data.mechanisms[m];
		const MechanismData& part = one.total->data.mechanisms[m];
		ASSERT_GT(part.headline_count(), 0U);
		ASSERT_LT(part.headline_count(), whole.headline_count());
		EXPECT_EQ(part.headline_count() + part.books.value(AL_FILTERED), whole.headline_count());
		EXPECT_TRUE(imbalances(part.books, part.headline_count()).empty());
		EXPECT_TRUE(part.groups.empty());
	}
}

// ---- the file --------------------------------------------------------------------------------

class Folder : public testing::Test {
protected:
	void SetUp() override { ASSERT_NE(mkdtemp(folder_.data()), nullptr); }
	void TearDown() override { std::filesystem::remove_all(folder_); }
	std::string path(const std::string& name) { return folder_ + "/" + name; }
	std::string folder_ = "/tmp/asynclat-output.XXXXXX";
};

TEST_F(Folder, AFileThatIsThereIsReplacedByForceOnly) {
	ASSERT_TRUE(OutputFile::create(path("a"), false));
	const auto again = OutputFile::create(path("a"), false);
	ASSERT_FALSE(again);
	EXPECT_EQ(again.error().hint, "--force replaces it");
	EXPECT_TRUE(OutputFile::create(path("a"), true));
}

TEST_F(Folder, NoLinkIsFollowedAndNoPipeOpened) {
	std::filesystem::create_symlink(path("elsewhere"), path("link"));
	ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
	for (const char* name : {"link", "pipe"})
		for (const bool force : {false, true})
			EXPECT_FALSE(OutputFile::create(path(name), force)) << name;
	EXPECT_FALSE(std::filesystem::exists(path("elsewhere")));
}

}  // namespace
}  // namespace asynclat
