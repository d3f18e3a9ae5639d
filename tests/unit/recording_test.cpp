// What is written is read again, whatever it is; what is damaged is told, and never believed.
#include <gmock/gmock.h>

#include "random_run.h"
#include "recorded.h"
#include "recording/description_block.h"
#include "sample.h"

namespace asynclat {
namespace {

using recording::Block;
using recording::BlockKind;
using testing::HasSubstr;

std::vector<Interval> intervals_of(RandomRun& run, size_t count) {
	std::vector<Interval> intervals;
	for (size_t i = 0; i < count; i++) intervals.push_back(run.interval());
	return intervals;
}

// A sample run of two intervals, small enough to try each of its bytes.
std::vector<std::string> small_recording() {
	Interval first = sample::interval(), second = sample::interval();
	second.data.mono_ns += sample::kSecond;
	return recorded(sample::description(), {first, second});
}

std::string replaced(std::string bytes, size_t at, char byte) {
	bytes[at] = byte;
	return bytes;
}

TEST(Recording, GivesBackWhateverWasWritten) {
	for (uint64_t seed = 1; seed <= 97; seed++) {
		RandomRun run(seed);
		const auto intervals = intervals_of(run, 5);
		const std::string bytes = joined(recorded(run.description(), intervals));
		auto reader = RecordingReader::open(file_of(bytes));
		ASSERT_TRUE(reader) << "seed " << seed << ": " << reader.error().what;
		ASSERT_EQ(shown(reader->description()), shown(run.description())) << "seed " << seed;
		ASSERT_EQ(reader->host(), "host");
		for (const Interval& expected : intervals) {
			const auto interval = reader->next();
			ASSERT_TRUE(interval && *interval) << "seed " << seed;
			Interval wanted = expected;
			// A group that has come before, and nothing since, is left out.
			for (size_t m = 0; m < wanted.data.mechanisms.size(); m++) {
				const auto& read = (*interval)->data.mechanisms.at(m).groups;
				std::erase_if(wanted.data.mechanisms[m].groups, [&](const GroupData& g) {
					return g.histogram.empty() && !g.histogram.sum_ns &&
						   std::none_of(read.begin(), read.end(), [&](const GroupData& r) {
							   return r.kind == g.kind && r.name == g.name;
						   });
				});
			}
			ASSERT_EQ(shown(**interval), shown(wanted)) << "seed " << seed;
		}
		const auto end = reader->next();
		ASSERT_TRUE(end && !*end);
		ASSERT_EQ(reader->reason(), "count");
	}
}

TEST(Recording, CutAtAnyByteGivesAllThatIsWhole) {
	const auto pieces = small_recording();
	const std::string bytes = joined(pieces);
	for (size_t cut = 0; cut < bytes.size(); cut++) {
		const Outcome outcome = outcome_of(std::string_view(bytes).substr(0, cut));
		size_t whole = 0, end = pieces[0].size();
		EXPECT_EQ(outcome.opened, cut >= end) << cut;
		for (size_t i = 1; i + 1 < pieces.size() && (end += pieces[i].size()) <= cut; i++) whole++;
		EXPECT_EQ(outcome.intervals.size(), whole) << cut;
		ASSERT_TRUE(outcome.error) << cut;
		EXPECT_EQ(outcome.error->exit, Exit::failed);
		if (cut > 0) {
			EXPECT_THAT(outcome.error->evidence, HasSubstr("at byte ")) << cut;
		}
	}
	EXPECT_FALSE(outcome_of(bytes).error);
}

TEST(Recording, AChangedByteIsFoundAndWhatCameBeforeItKept) {
	const auto pieces = small_recording();
	const std::string bytes = joined(pieces);
	const size_t minor = 10;  // which a reader does not look at
	for (size_t at = 0; at < bytes.size(); at++) {
		if (at == minor || at == minor + 1) continue;
		const Outcome outcome =
			outcome_of(replaced(bytes, at, static_cast<char>(bytes[at] ^ 0x41)));
		size_t before = 0, end = pieces[0].size();
		for (size_t i = 1; i + 1 < pieces.size() && (end += pieces[i].size()) <= at; i++) before++;
		EXPECT_EQ(outcome.intervals.size(), before) << at;
		EXPECT_TRUE(outcome.error) << at;
	}
}

// Behind a right checksum too, a reader believes nothing: whatever the columns hold is read, or
// refused, and neither takes long nor much memory.
TEST(Recording, DamagedColumnsBehindARightChecksumDoNoHarm) {
	RandomRun run(23);
	const auto pieces = recorded(run.description(), intervals_of(run, 2));
	const auto unpack = [](std::string_view block) {
		auto body = recording::Columns::inflate(block.substr(recording::kBlockHeaderBytes), 0);
		EXPECT_TRUE(body);
		return std::string(body->bytes());
	};
	const std::string start = pieces[0].substr(recording::kFileHeaderBytes);
	const std::string described = unpack(start), interval = unpack(pieces[1]);
	size_t refused = 0, read = 0;
	for (int round = 0; round < 2'003; round++) {
		std::string bodies[] = {described, interval};
		std::string& damaged = bodies[run.below(4) == 0 ? 0 : 1];
		for (uint64_t left = 1 + run.below(4); left > 0; left--)
			damaged[run.below(damaged.size())] = static_cast<char>(run.below(256));
		const Outcome outcome =
			outcome_of(recording::file_header() +
					   recording::block(BlockKind::description, recording::deflated(bodies[0])) +
					   recording::block(BlockKind::interval, recording::deflated(bodies[1])) +
					   RecordingWriter::end("count"));
		(outcome.error ? refused : read)++;
	}
	EXPECT_GT(refused, 97U);
	EXPECT_GT(read, 97U);
}

// The byte of the length itself is not part of the text.
TEST(Recording, ATextThatIsAByteLongerThanItsColumnIsRefused) {
	recording::ColumnReader column("\3ab");
	EXPECT_EQ(column.text(), "");
	EXPECT_TRUE(column.failed());
	EXPECT_LE(column.left(), 3U);
	recording::ColumnReader whole("\2ab");
	EXPECT_EQ(whole.text(), "ab");
	EXPECT_FALSE(whole.failed());
	EXPECT_EQ(whole.left(), 0U);
}

TEST(Recording, EmptyOrSomethingElseIsRefused) {
	EXPECT_EQ(outcome_of("").error->what, "the recording is empty");
	EXPECT_EQ(outcome_of("{\"schema\":1}\n").error->what, "this is no recording of asynclat");
	EXPECT_EQ(outcome_of("x").error->what, "this is no recording of asynclat");
	EXPECT_EQ(outcome_of(recording::file_header()).error->what, "the recording is cut off");
}

TEST(Recording, ANewerMajorVersionIsRefusedAndANewerMinorIsNot) {
	const std::string bytes = joined(small_recording());
	const auto newer = outcome_of(replaced(bytes, 8, 2)).error;
	ASSERT_TRUE(newer);
	EXPECT_EQ(newer->what, "the recording is of a newer asynclat");
	EXPECT_EQ(newer->evidence, "its format is 2, this build reads up to 1");
	EXPECT_FALSE(outcome_of(replaced(bytes, 10, 9)).error);
}

TEST(Recording, UnknownKindsOfBlocksAreSkipped) {
	auto pieces = small_recording();
	pieces.insert(pieces.begin() + 2, recording::block(static_cast<BlockKind>(77), "not deflated"));
	const Outcome outcome = outcome_of(joined(pieces));
	EXPECT_FALSE(outcome.error);
	EXPECT_EQ(outcome.intervals.size(), 2U);
	EXPECT_EQ(outcome.reason, "count");
}

// A section more, as topology may be one.
TEST(Recording, UnknownSectionsAreSkipped) {
	auto body =
		recording::Columns::inflate(recording::description_body(sample::description(), "host"), 0);
	ASSERT_TRUE(body);
	const std::string_view bytes = body->bytes();
	const std::string more = "what a later version says";
	recording::ColumnReader lengths(bytes);
	recording::ColumnWriter longer;
	const uint64_t sections = lengths.get();
	longer.put(sections + 1);
	for (uint64_t i = 0; i < sections; i++) longer.put(lengths.get());
	longer.put(more.size());
	const auto read = recording::read_description(recording::deflated(
		longer.bytes() + std::string(bytes.substr(bytes.size() - lengths.left())) + more));
	ASSERT_TRUE(read);
	EXPECT_EQ(shown(read->description), shown(sample::description()));
}

TEST(Recording, AHugeLengthIsNotBelieved) {
	auto pieces = small_recording();
	std::string head = pieces[1].substr(0, recording::kBlockHeaderBytes);
	head[3] = '\x03';  // 192 KiB: allowed, but not there
	const Outcome cut = outcome_of(pieces[0] + head + "few");
	EXPECT_EQ(cut.error->what, "the recording is cut off");
	head[4] = '\x7f';
	const Outcome huge = outcome_of(pieces[0] + head + "few");
	EXPECT_EQ(huge.error->what, "the recording is damaged");
	EXPECT_EQ(huge.error->evidence, "at byte " + std::to_string(pieces[0].size()));
}

// A body that inflates without end is given up.
TEST(Recording, ABodyThatInflatesToMoreThanAllowedIsRefused) {
	const std::string zeros(recording::kMostBodyBytes + 1, '\0');
	const auto pieces = small_recording();
	const std::string bomb = recording::block(BlockKind::interval, recording::deflated(zeros));
	ASSERT_LT(bomb.size(), zeros.size() / 100);
	const Outcome outcome = outcome_of(pieces[0] + bomb);
	ASSERT_TRUE(outcome.error);
	EXPECT_THAT(outcome.error->evidence, HasSubstr("does not inflate"));
}

// What another build calls by a name that we do not know is left out, and a note says so.
TEST(Recording, UnknownMechanismsAndStagesAreLeftOut) {
	const Interval interval = sample::interval();
	const auto rename = [](std::string body, const std::string& from, const std::string& to) {
		auto columns = recording::Columns::inflate(body, 0);
		std::string bytes(columns->bytes());
		for (size_t at; (at = bytes.find(from)) != std::string::npos;)
			bytes.replace(at, from.size(), to);
		return recording::deflated(bytes);
	};
	const auto pieces = recorded(sample::description(), {interval});
	const std::string body = recording::description_body(sample::description(), "host");
	const std::string other = rename(body, "delayed_work", "delaying_wrk");
	const Outcome outcome =
		outcome_of(recording::file_header() + recording::block(BlockKind::description, other) +
				   pieces[1] + pieces[2]);
	ASSERT_FALSE(outcome.error);
	ASSERT_EQ(outcome.intervals.front().data.mechanisms.size(), 1U);
	EXPECT_EQ(outcome.intervals.front().data.mechanisms[0].mechanism, AL_WORKQUEUE);
	const auto described = recording::read_description(other);
	ASSERT_TRUE(described);
	EXPECT_THAT(described->description.notes.back(), HasSubstr("does not know"));
}

}  // namespace
}  // namespace asynclat
