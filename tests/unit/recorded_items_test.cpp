// Items and runs in a recording: what is written is read again, and what is damaged is told.
#include <gmock/gmock.h>

#include "app/replay_loop.h"
#include "export/json.h"
#include "random_run.h"
#include "recorded.h"
#include "recording/description_block.h"
#include "recording/item_block.h"
#include "recording/replay.h"
#include "unit/sample_items.h"

namespace asynclat {
namespace {

using recording::BlockKind;
using testing::HasSubstr;

std::string shown(const std::vector<std::string>& texts) {
	std::string s;
	for (const std::string& text : texts) s += "'" + text + "' ";
	return s;
}

std::string shown(const Blocker& b) {
	return std::to_string(b.kind) + " " + b.function + "|" + b.thread + "|" +
		   std::to_string(b.tid) + " " + std::to_string(b.ran_ns) + " " +
		   std::to_string(b.max_active) + " " + std::to_string(b.policy) + " " +
		   std::to_string(b.priority) + " " + std::to_string(b.number) + " " +
		   std::to_string(b.target) + " " + shown(b.stack);
}

std::string shown(const Submitter& s) {
	return std::to_string(s.context) + " " + s.comm + "|" + std::to_string(s.tid) + " " +
		   std::to_string(s.pid) + " " + s.cgroup;
}

std::string shown(const Item& i) {
	std::string s = std::to_string(i.mechanism) + "/" + std::to_string(i.item_class) + " " +
					std::to_string(i.begun_mono_ns) + "+" + std::to_string(i.wait_ns) + " " +
					std::to_string(i.cpu) + " " + i.function + "|" + i.queue + "|";
	for (const auto& [stage, ns] : i.stages)
		s += " " + std::to_string(stage) + "=" + std::to_string(ns);
	if (i.blocker) s += "\n  blocker " + shown(*i.blocker);
	if (i.submitter) s += "\n  submitter " + shown(*i.submitter);
	return s + "\n  stack " + shown(i.stack) + "\n";
}

std::string shown(const Run& r) {
	return std::to_string(r.mechanism) + " " + std::to_string(r.begun_mono_ns) + "+" +
		   std::to_string(r.ran_ns) + " " + std::to_string(r.cpu) + " " + r.function + "|" +
		   r.thread + "|" + std::to_string(r.tid) + "\n";
}

template <typename T>
std::string shown_all(const std::vector<T>& things) {
	std::string s;
	for (const T& thing : things) s += shown(thing);
	return s;
}

recording::CatalogNames catalog_names() {
	const auto read =
		recording::read_description(recording::description_body(sample::description(), "host"));
	EXPECT_TRUE(read);
	return read->names;
}

// Every field takes any value that its type can.
class RandomItems {
public:
	explicit RandomItems(uint64_t seed) : random_(seed) {}

	Item item() {
		const Mechanism& m = catalog()[below(catalog().size())];
		Item i{.mechanism = m.id,
			   .item_class = static_cast<al_class>(below(m.classes.size())),
			   .begun_mono_ns = any(),
			   .wait_ns = any(),
			   .cpu = small(),
			   .function = text(),
			   .queue = text(),
			   .stack = stack()};
		for (uint64_t left = below(5); left > 0; left--)
			i.stages.emplace_back(m.stages[below(m.stages.size())].id, any());
		if (below(2))
			i.blocker = Blocker{static_cast<al_blocker_kind>(below(AL_BLOCKED_BY_IRQS_OFF + 1)),
								text(),
								text(),
								small(),
								any(),
								small(),
								small(),
								small(),
								small(),
								text(),
								static_cast<al_target>(below(AL_TARGET_STOPPED + 1)),
								stack()};
		if (below(2))
			i.submitter = Submitter{static_cast<al_context>(below(AL_IN_NMI + 1)), text(), small(),
									small(), text()};
		return i;
	}

	Run run() {
		return {
			catalog()[below(catalog().size())].id, any(), any(), small(), text(), text(), small()};
	}

	uint64_t below(uint64_t end) {
		return std::uniform_int_distribution<uint64_t>(0, end - 1)(random_);
	}

private:
	uint64_t any() { return random_() >> below(64); }
	uint32_t small() { return static_cast<uint32_t>(any()); }
	std::string text() {
		std::string s;
		for (uint64_t left = below(20); left > 0; left--) s += static_cast<char>(below(256));
		return s;
	}
	std::vector<std::string> stack() {
		std::vector<std::string> frames;
		for (uint64_t left = below(4); left > 0; left--) frames.push_back(text());
		return frames;
	}

	std::mt19937_64 random_;
};

TEST(RecordedItems, GiveBackWhateverWasWritten) {
	for (uint64_t seed = 1; seed <= 97; seed++) {
		RandomItems random(seed);
		std::vector<Item> items;
		std::vector<asynclat::Run> runs;  // a test has a Run of its own
		for (uint64_t left = random.below(53); left > 0; left--) items.push_back(random.item());
		for (uint64_t left = random.below(53); left > 0; left--) runs.push_back(random.run());
		recording::ItemsRead read;
		auto names = catalog_names();
		ASSERT_TRUE(recording::read_items(recording::items_body(items, runs), names, read));
		ASSERT_EQ(shown_all(read.items), shown_all(items)) << "seed " << seed;
		ASSERT_EQ(shown_all(read.runs), shown_all(runs)) << "seed " << seed;
	}
}

std::string dumped(const std::vector<Item>& items, const std::vector<Run>& runs) {
	Interval first = sample::interval(), second = sample::interval();
	first.data.mono_ns = sample::kStartMono + sample::kSecond / 2;
	RecordingWriter writer;
	std::string bytes = writer.start(sample::description(), "host");
	bytes += writer.interval(first);
	bytes += RecordingWriter::items(items) + RecordingWriter::runs(runs);
	return bytes + writer.interval(second) + RecordingWriter::end("dump");
}

std::string played(const std::string& bytes, const Options& options, Selection selection = {}) {
	auto replay = Replay::open(file_of(bytes), std::move(selection));
	EXPECT_TRUE(replay);
	const int file = file_of("");
	Outlet outlet(file);
	Signals signals;
	NoConsole nobody;
	EXPECT_TRUE(replay_loop(**replay, *make_report(options, {}, {}), nobody, outlet, signals, {}));
	std::string text(1 << 20, '\0');
	lseek(file, 0, SEEK_SET);
	text.resize(static_cast<size_t>(std::max<ssize_t>(0, read(file, text.data(), text.size()))));
	close(file);
	return text;
}

TEST(RecordedItems, ComeWithTheirIntervalAndInBothForms) {
	const std::string bytes = dumped(sample::items(), sample::runs());
	auto replay = Replay::open(file_of(bytes));
	ASSERT_TRUE(replay);
	ASSERT_TRUE((*replay)->read());
	EXPECT_TRUE((*replay)->take_items().empty());
	ASSERT_TRUE((*replay)->finish());
	EXPECT_EQ(shown_all((*replay)->take_items()), shown_all(sample::items()));
	EXPECT_EQ(shown_all((*replay)->take_runs()), shown_all(sample::runs()));

	const std::string json = played(bytes, {.json = true});
	std::string lines;
	for (const Item& item : sample::items()) lines += json_item(item) + "\n";
	EXPECT_THAT(json, HasSubstr(lines));
	EXPECT_LT(json.find("\"interval\""), json.find("\"item\""));
	EXPECT_LT(json.find("\"item\""), json.rfind("\"interval\""));
	EXPECT_THAT(played(bytes, {}), HasSubstr("xfs_end_io 9ms on kworker/1:2-412, max_active 1"));
}

TEST(RecordedItems, AreChosenAfterwardsToo) {
	const std::string bytes = dumped(sample::items(), sample::runs());
	const std::string json = played(bytes, {.json = true}, {{AL_WORKQUEUE}, {}, {}});
	EXPECT_THAT(json, HasSubstr("blk_mq_run_work_fn"));
	EXPECT_THAT(json, testing::Not(HasSubstr("\"type\":\"item\",\"mechanism\":\"irq_work\"")));
	EXPECT_THAT(played(bytes, {.json = true}, {{}, {}, {3}}),
				testing::Not(HasSubstr("\"type\":\"item\",\"mechanism\":\"workqueue\"")));
}

// A file that was cut off in the last interval: what stands before that is whole.
TEST(RecordedItems, AreThereWithoutTheIntervalThatTheyCameWith) {
	const std::string bytes = dumped(sample::items(), sample::runs());
	const std::string cut = bytes.substr(0, bytes.size() - 40);
	const std::string all = played(bytes, {.json = true}, {}),
					  some = played(cut, {.json = true}, {});
	const auto items = [](const std::string& text) {
		size_t count = 0;
		for (size_t at = 0; (at = text.find(R"("type":"item")", at)) != std::string::npos; at++)
			count++;
		return count;
	};
	EXPECT_EQ(items(all), sample::items().size());
	EXPECT_EQ(items(some), sample::items().size());
	EXPECT_THAT(some, HasSubstr(R"("reason":"truncated")"));
}

TEST(RecordedItems, ManyTakeSeveralBlocks) {
	const std::vector<Item> items(recording::kMostItems * 2 + 1, sample::told_item());
	auto replay = Replay::open(file_of(dumped(items, {})));
	ASSERT_TRUE(replay);
	ASSERT_TRUE((*replay)->read());
	ASSERT_TRUE((*replay)->finish());
	EXPECT_EQ((*replay)->take_items().size(), items.size());
}

// Behind a right checksum too, a reader believes nothing.
TEST(RecordedItems, DamagedColumnsDoNoHarm) {
	RandomItems random(23);
	const auto columns =
		recording::Columns::inflate(recording::items_body(sample::items(), sample::runs()), 0);
	ASSERT_TRUE(columns);
	size_t refused = 0, fine = 0;
	for (int round = 0; round < 5'003; round++) {
		std::string bytes(columns->bytes());
		for (uint64_t left = 1 + random.below(4); left > 0; left--)
			bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
		recording::ItemsRead read;
		auto names = catalog_names();
		(recording::read_items(recording::deflated(bytes), names, read) ? fine : refused)++;
	}
	EXPECT_GT(refused, 97U);
	EXPECT_GT(fine, 97U);
}

// A few bytes could stand for a text of 4 KiB each.
TEST(RecordedItems, TextsThatComeToTooMuchAreRefused) {
	Item item = sample::told_item();
	item.stack = std::vector<std::string>(recording::kMostFrames, std::string(4'000, 'x'));
	const std::vector<Item> items(100, item);
	recording::ItemsRead read;
	auto names = catalog_names();
	EXPECT_FALSE(recording::read_items(recording::items_body(items, {}), names, read));
	EXPECT_TRUE(read.items.empty());
}

TEST(RecordedItems, OfUnknownMechanismsAreLeftOut) {
	const auto rename = [](const std::string& body) {
		auto columns = recording::Columns::inflate(body, 0);
		std::string bytes(columns->bytes());
		for (size_t at; (at = bytes.find("irq_work")) != std::string::npos;)
			bytes.replace(at, 8, "irk_wrok");
		return recording::deflated(bytes);
	};
	auto described = recording::read_description(
		rename(recording::description_body(sample::description(), "host")));
	ASSERT_TRUE(described);
	recording::ItemsRead read;
	ASSERT_TRUE(recording::read_items(recording::items_body(sample::items(), sample::runs()),
									  described->names, read));
	EXPECT_EQ(shown_all(read.items),
			  shown_all(std::vector{sample::behind_item(), sample::told_item()}));
	EXPECT_EQ(read.runs.size(), 3U);
}

}  // namespace
}  // namespace asynclat
