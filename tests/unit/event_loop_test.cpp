// The main loop over a fake source: what is read, reported and when it ends. Nothing here is timed:
// the schedules are short, and only orders and counts are asserted.
#include "app/event_loop.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "fake_source.h"

namespace asynclat {
namespace {

constexpr uint64_t kMs = 1'000'000;

// Says in words what it was asked to print.
class WordReport : public Report {
public:
	std::string start(const Description&) override { return "start\n"; }
	std::string interval(const Interval& i, const Description&) override {
		return "interval " + std::to_string(headline(i)) + "\n";
	}
	std::string end(const Interval& last, const Interval& total, const Description&,
					std::string_view reason) override {
		return "last " + std::to_string(headline(last)) + " total " +
			   std::to_string(headline(total)) + " " + std::string(reason) + "\n";
	}

private:
	static uint64_t headline(const Interval& i) {
		return i.data.mechanisms.empty() ? 0 : i.data.mechanisms[0].headline_count();
	}
};

// A person: what was said to them, and when they have had enough.
class FakeConsole : public NoConsole {
public:
	std::string note(const std::string& text) override {
		notes += text;
		return "(" + text + ")\n";
	}
	[[nodiscard]] bool quit_asked() const override { return quits; }

	std::string notes;
	bool quits = false;
};

class EventLoop : public testing::Test {
protected:
	void SetUp() override { ASSERT_EQ(pipe(pipe_), 0); }
	void TearDown() override {
		for (const int fd : pipe_)
			if (fd >= 0) close(fd);
	}
	Result<Interval> run(const Schedule& schedule) {
		WordReport report;
		Outlet outlet(pipe_[1]);
		return run_loop(source, report, console, outlet, signals, schedule, events);
	}
	std::string output() {
		close(pipe_[1]);
		pipe_[1] = -1;
		std::string text(4096, '\0');
		text.resize(
			static_cast<size_t>(std::max<ssize_t>(0, read(pipe_[0], text.data(), text.size()))));
		return text;
	}

	Signals signals;
	FakeSource source{{snapshot_of(1, 10), snapshot_of(2, 30)}, snapshot_of(3, 31)};
	FakeConsole console;
	LoopEvents events;
	int pipe_[2] = {-1, -1};
};

// Nothing is lost between a report and the next: they sum to the whole.
TEST_F(EventLoop, CountedReportsSumToTheWhole) {
	const auto total = run({.interval_ns = 20 * kMs, .count = 3});
	ASSERT_TRUE(total);
	EXPECT_EQ(output(), "start\ninterval 10\ninterval 20\nlast 1 total 31 count\n");
	EXPECT_TRUE(source.finished);
}

TEST_F(EventLoop, TheOnlyReportIsTheClosingOne) {
	ASSERT_TRUE(run({.interval_ns = 20 * kMs, .count = 1}));
	EXPECT_EQ(output(), "start\nlast 31 total 31 count\n");
	EXPECT_EQ(source.reads, 0);
}

TEST_F(EventLoop, DurationEndsWithinAnInterval) {
	ASSERT_TRUE(run({.interval_ns = 60'000 * kMs, .duration_ns = 20 * kMs}));
	EXPECT_EQ(output(), "start\nlast 31 total 31 duration\n");
}

TEST_F(EventLoop, ASignalPrintsTheLastReport) {
	raise(SIGTERM);
	ASSERT_TRUE(run({.interval_ns = 60'000 * kMs}));
	EXPECT_EQ(output(), "start\nlast 31 total 31 signal\n");
}

TEST_F(EventLoop, TheKeyToQuitPrintsTheLastReport) {
	console.quits = true;
	ASSERT_TRUE(run({.interval_ns = 10 * kMs}));
	EXPECT_EQ(output(), "start\nlast 31 total 31 key\n");
}

TEST_F(EventLoop, Usr1ReportsAtOnce) {
	raise(SIGUSR1);
	ASSERT_TRUE(run({.interval_ns = 60'000 * kMs, .duration_ns = 50 * kMs}));
	EXPECT_EQ(output(), "start\ninterval 10\nlast 21 total 31 duration\n");
}

TEST_F(EventLoop, AReaderWhoGoesEndsItQuietly) {
	close(pipe_[0]);
	pipe_[0] = -1;
	EXPECT_TRUE(run({.interval_ns = 60'000 * kMs}));
	EXPECT_TRUE(source.finished);
}

TEST_F(EventLoop, AReadThatFailsEndsItWithTheError) {
	source.fail_reads = true;
	const auto total = run({.interval_ns = 10 * kMs, .count = 3});
	ASSERT_FALSE(total);
	EXPECT_EQ(total.error().what, "the fake was told to fail");
}

TEST_F(EventLoop, SaysWithinASecondThatThereIsNothing) {
	FakeSource silent({}, {});
	int said = 0;
	events.still_nothing = [&]() -> std::string {
		said++;
		raise(SIGINT);
		return "nothing yet";
	};
	WordReport report;
	Outlet outlet(pipe_[1]);
	ASSERT_TRUE(
		run_loop(silent, report, console, outlet, signals, {.interval_ns = 60'000 * kMs}, events));
	EXPECT_EQ(said, 1);
	EXPECT_EQ(console.notes, "nothing yet");
	EXPECT_EQ(output(), "start\n(nothing yet)\nlast 0 total 0 signal\n");
}

TEST(Outlet, AFullDiskIsAnErrorThatSaysHowMuchWasLost) {
	const int full = open("/dev/full", O_WRONLY);
	ASSERT_GE(full, 0);
	const auto written = Outlet(full).write(std::string(10'007, 'x'));
	close(full);
	ASSERT_FALSE(written);
	EXPECT_EQ(written.error().evidence, "No space left on device; 10007 bytes lost");
	EXPECT_EQ(written.error().exit, Exit::failed);
}

TEST(Outlet, AClosedPipeIsNoError) {
	Signals ignores_sigpipe;
	int ends[2];
	ASSERT_EQ(pipe(ends), 0);
	close(ends[0]);
	Outlet outlet(ends[1]);
	EXPECT_TRUE(outlet.write("text"));
	EXPECT_TRUE(outlet.closed());
	close(ends[1]);
}

}  // namespace
}  // namespace asynclat
