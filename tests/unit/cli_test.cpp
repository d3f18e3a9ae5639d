#include "app/cli.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "app/grammar.h"
#include "app/help.h"
#include "app/limits.h"
#include "app/option_names.h"
#include "base/words.h"

namespace asynclat {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

using Arguments = std::vector<std::string>;

Result<Parsed> parse_these(const Arguments& arguments) {
	std::vector<const char*> argv = {"asynclat"};

	for (const std::string& argument : arguments) argv.push_back(argument.c_str());
	const int argc = static_cast<int>(argv.size());
	argv.push_back(nullptr);
	return parse(argc, argv.data());
}

std::string shown(const Arguments& arguments) {
	std::string text = "asynclat";

	for (const std::string& argument : arguments) text += " " + in_quotes(argument);
	return text;
}

Options options_of(const Arguments& arguments) {
	const auto parsed = parse_these(arguments);

	if (!parsed) {
		ADD_FAILURE() << shown(arguments) << ": " << parsed.error().what;
		return {};
	}
	if (!std::holds_alternative<Options>(*parsed)) {
		ADD_FAILURE() << shown(arguments) << " gave text";
		return {};
	}
	return std::get<Options>(*parsed);
}

Error error_of(const Arguments& arguments) {
	const auto parsed = parse_these(arguments);

	if (parsed) {
		ADD_FAILURE() << shown(arguments) << " was accepted";
		return {};
	}
	EXPECT_EQ(parsed.error().exit, Exit::usage) << shown(arguments);
	EXPECT_NE(parsed.error().hint, "") << shown(arguments);
	return parsed.error();
}

std::string text_of(const Arguments& arguments) {
	const auto parsed = parse_these(arguments);

	if (!parsed || !std::holds_alternative<Text>(*parsed)) {
		ADD_FAILURE() << shown(arguments) << " gave no text";
		return {};
	}
	return std::get<Text>(*parsed).text;
}

// ---- what is accepted ------------------------------------------------------------------------

TEST(Cli, FailIfKnowsWhatElseAsksForAllStages) {
	const std::string hold = "workqueue.hold.p99=1ms";
	EXPECT_EQ(error_of({"--fail-if", hold}).exit, Exit::usage);
	for (const Arguments& all :
		 {Arguments{"--min", "1ms"}, {"--view", "stages"}, {"record", "run.rec"}}) {
		Arguments words = all;
		words.insert(words.end(), {"--fail-if", hold});
		EXPECT_EQ(options_of(words).fail_if.size(), 1U) << all[0];
	}
}

TEST(Cli, AViewOfStagesAsksForAllOfThem) {
	const auto stages = options_of({"-m", "workqueue", "--view", "stages"}).request.stages;
	for (const Stage& s : mechanism(AL_WORKQUEUE).stages) EXPECT_TRUE(stages.contains(s.id));
	EXPECT_EQ(stages.size(), mechanism(AL_WORKQUEUE).stages.size());
	EXPECT_THAT(options_of({"--view", "stages"}).request.mechanisms, IsEmpty());
	EXPECT_THAT(options_of({"--view", "stages", "--stage", "workqueue.wait"}).request.stages,
				ElementsAre(AL_WQ_WAIT));
	EXPECT_THAT(options_of({"--view", "heatmap"}).request.stages, IsEmpty());
}

TEST(Cli, ColourAndCharacters) {
	EXPECT_EQ(options_of({}).color, ColorChoice::automatic);
	EXPECT_EQ(options_of({"--color", "always"}).color, ColorChoice::always);
	EXPECT_EQ(options_of({"--color=never"}).color, ColorChoice::never);
	EXPECT_TRUE(options_of({"--ascii"}).ascii);
	EXPECT_EQ(error_of({"--color", "alwys"}).hint,
			  "did you mean 'always'? accepted: auto, always or never");
}

TEST(Cli, DefaultsAreThoseOfOptions) {
	const Options o = options_of({});
	const Options defaults;

	EXPECT_EQ(o.command, Command::live);
	EXPECT_EQ(o.interval_ns, defaults.interval_ns);
	EXPECT_EQ(o.count, std::nullopt);
	EXPECT_EQ(o.request.max_entries, defaults.request.max_entries);
	EXPECT_THAT(o.request.mechanisms, IsEmpty());
	EXPECT_THAT(o.request.stages, IsEmpty());
}

TEST(Cli, NoArgumentsAtAllIsLive) {
	const char* const argv[] = {nullptr};
	const auto parsed = parse(0, argv);

	ASSERT_TRUE(parsed);
	EXPECT_EQ(std::get<Options>(*parsed).command, Command::live);
}

TEST(Cli, EveryOptionReachesOptions) {
	const Options o = options_of({"-m",
								  "workqueue,delayed_work",
								  "--stage",
								  "wait",
								  "-c",
								  "0-2",
								  "-c",
								  "8,1",
								  "-w",
								  "events*",
								  "-f",
								  "blk_*,!blk_mq_*",
								  "-f",
								  "x",
								  "--hook",
								  "raw_tp",
								  "--max-entries",
								  "1024",
								  "-C",
								  "--view",
								  "hist",
								  "-TNqv",
								  "-d",
								  "10s",
								  "--fail-if",
								  "workqueue.wait.p99=10ms",
								  "--max-loss",
								  "1%",
								  "0.5",
								  "3"});

	EXPECT_THAT(o.request.mechanisms, ElementsAre(AL_WORKQUEUE, AL_DELAYED_WORK));
	EXPECT_THAT(o.request.stages, ElementsAre(AL_WQ_WAIT, AL_DW_WAIT));
	EXPECT_THAT(o.request.cpus, ElementsAre(0, 1, 2, 8));
	EXPECT_EQ(o.request.workqueue, "events*");
	EXPECT_THAT(o.request.functions, ElementsAre("blk_*", "!blk_mq_*", "x"));
	EXPECT_THAT(o.request.hook_kinds, ElementsAre(HookKind::raw_tp));
	EXPECT_EQ(o.request.max_entries, 1024u);
	EXPECT_FALSE(o.request.pools);
	EXPECT_EQ(o.grouping, Grouping::cpu);
	EXPECT_TRUE(o.timestamps);
	EXPECT_TRUE(o.nanoseconds);
	EXPECT_TRUE(o.quiet);
	EXPECT_TRUE(o.verbose);
	EXPECT_FALSE(o.json);
	EXPECT_EQ(o.duration_ns, 10'000'000'000u);
	ASSERT_EQ(o.fail_if.size(), 1u);
	EXPECT_EQ(o.fail_if[0].stage, AL_WQ_WAIT);
	EXPECT_EQ(o.fail_if[0].quantile, 0.99);
	EXPECT_EQ(o.fail_if[0].limit_ns, 10'000'000u);
	EXPECT_EQ(o.fail_if[0].text, "workqueue.wait.p99=10ms");
	EXPECT_EQ(o.max_loss_percent, 1.0);
	EXPECT_EQ(o.interval_ns, 500'000'000u);
	EXPECT_EQ(o.count, 3u);
}

TEST(Cli, LongNamesMeanTheSame) {
	const Options o = options_of({"--mech=workqueue", "--cpu=3", "--workqueue=a", "--function=b",
								  "--timestamp", "--nanoseconds", "--json", "--verbose", "--quiet",
								  "--duration=1m", "--per-workqueue"});

	EXPECT_THAT(o.request.mechanisms, ElementsAre(AL_WORKQUEUE));
	EXPECT_THAT(o.request.cpus, ElementsAre(3));
	EXPECT_EQ(o.request.workqueue, "a");
	EXPECT_THAT(o.request.functions, ElementsAre("b"));
	EXPECT_TRUE(o.timestamps && o.nanoseconds && o.json && o.verbose && o.quiet);
	EXPECT_EQ(o.duration_ns, 60'000'000'000u);
	EXPECT_EQ(o.grouping, Grouping::workqueue);
}

TEST(Cli, GroupingsAreOneEach) {
	EXPECT_EQ(options_of({"-C"}).grouping, Grouping::cpu);
	EXPECT_EQ(options_of({"-F"}).grouping, Grouping::function);
	EXPECT_EQ(options_of({"-W"}).grouping, Grouping::workqueue);
	EXPECT_EQ(options_of({"-P"}).grouping, Grouping::pool);
	EXPECT_TRUE(options_of({"-P"}).request.pools);
	EXPECT_EQ(options_of({"-PP"}).grouping, Grouping::pool);

	const Error both = error_of({"-F", "-C"});
	EXPECT_EQ(both.what, "--per-function: cannot be together with --per-cpu");
	EXPECT_EQ(both.hint, "one of -C, -F, -W and -P");
}

TEST(Cli, CommandsTakeTheirOptionsBeforeAndAfter) {
	for (const Arguments& a : {Arguments{"doctor", "--json", "-v"}, Arguments{"-j", "doctor", "-v"},
							   Arguments{"-v", "-j", "doctor"}}) {
		const Options o = options_of(a);
		EXPECT_EQ(o.command, Command::doctor) << shown(a);
		EXPECT_TRUE(o.json && o.verbose) << shown(a);
	}
	EXPECT_EQ(options_of({"list"}).command, Command::list);
	EXPECT_TRUE(options_of({"--markdown", "-v", "list"}).markdown);
}

TEST(Cli, IntervalIsSecondsOrATime) {
	const struct {
		const char* text;
		uint64_t ns;
	} cases[] = {
		{"1", 1'000'000'000},   {"0.5", 500'000'000},        {".25", 250'000'000},
		{"500ms", 500'000'000}, {"10ms", 10'000'000},        {"0.01", 10'000'000},
		{"1m", 60'000'000'000}, {"24h", 86'400'000'000'000}, {"86400", 86'400'000'000'000},
	};
	for (const auto& c : cases) EXPECT_EQ(options_of({c.text}).interval_ns, c.ns) << c.text;
	EXPECT_EQ(options_of({"--", "2", "5"}).count, 5u);
	EXPECT_EQ(options_of({"2", "18446744073709551615"}).count, UINT64_MAX);
}

// ---- mechanisms and stages -------------------------------------------------------------------

TEST(Cli, MechanismsAreListed) {
	EXPECT_THAT(
		options_of({"-m", "delayed_work", "-m", "workqueue,delayed_work"}).request.mechanisms,
		ElementsAre(AL_DELAYED_WORK, AL_WORKQUEUE));
	EXPECT_THAT(options_of({"-m", "all"}).request.mechanisms, IsEmpty());
	EXPECT_THAT(options_of({"-m", "workqueue,all"}).request.mechanisms, IsEmpty());
}

TEST(Cli, StagesAreThoseOfTheMechanismsAskedFor) {
	const struct {
		Arguments arguments;
		std::set<al_stage> stages;
		std::vector<al_mechanism> mechanisms;
	} cases[] = {
		{{"--stage", "workqueue.wait,delayed_work.run"},
		 {AL_WQ_WAIT, AL_DW_RUN},
		 {AL_WORKQUEUE, AL_DELAYED_WORK}},
		{{"--stage", "hold"}, {AL_WQ_HOLD}, {AL_WORKQUEUE}},
		{{"--stage", "delayed_work.wait"}, {AL_DW_WAIT}, {AL_DELAYED_WORK}},
		{{"-m", "workqueue", "--stage", "wait", "--stage", "run"},
		 {AL_WQ_WAIT, AL_WQ_RUN},
		 {AL_WORKQUEUE}},
		{{"-m", "delayed_work", "--stage", "all"},
		 {AL_DW_LATE, AL_DW_SLACK, AL_DW_TIMER, AL_DW_WAIT, AL_DW_RUN, AL_DW_DELAY},
		 {AL_DELAYED_WORK}},
	};
	std::set<al_stage> waits;
	for (const Mechanism& m : catalog()) waits.insert(find_stage(m, "wait")->id);
	EXPECT_EQ(options_of({"--stage", "wait"}).request.stages, waits);
	for (const auto& c : cases) {
		const Options o = options_of(c.arguments);
		EXPECT_EQ(o.request.stages, c.stages) << shown(c.arguments);
		EXPECT_EQ(o.request.mechanisms, c.mechanisms) << shown(c.arguments);
	}
	EXPECT_EQ(options_of({"--stage", "all"}).request.stages.size(), size_t{AL_STAGES});
}

TEST(Cli, WrongStagesAreAnsweredWithTheRightOnes) {
	const Error none = error_of({"-m", "workqueue", "--stage", "wiat"});
	EXPECT_EQ(none.what, "--stage: there is no stage 'wiat'");
	EXPECT_EQ(none.hint,
			  "did you mean 'wait'? workqueue has wait, hold, kick, wakeup, behind, run");

	const Error elsewhere = error_of({"-m", "workqueue", "--stage", "late"});
	EXPECT_EQ(elsewhere.what, "--stage: there is no stage 'late'");
	EXPECT_THAT(elsewhere.hint, HasSubstr("late is one of delayed_work: add -m delayed_work"));

	const Error left = error_of({"-m", "workqueue,delayed_work", "--stage", "hold"});
	EXPECT_EQ(left.what, "--stage: no stage of delayed_work is left");
	EXPECT_THAT(left.hint, HasSubstr("late, slack, timer, wait, run or delay"));

	EXPECT_EQ(error_of({"--stage", "workqueue.wiat"}).what,
			  "--stage: there is no stage of workqueue 'wiat'");
	EXPECT_THAT(error_of({"--stage", "workqueue.wiat"}).hint, StartsWith("did you mean 'wait'?"));
	EXPECT_THAT(error_of({"--stage", "workqeue.wait"}).hint,
				StartsWith("did you mean 'workqueue'?"));
	EXPECT_EQ(error_of({"-m", "workqueue", "--stage", "delayed_work.late"}).what,
			  "--stage: 'delayed_work.late': delayed_work is not among the mechanisms asked for");
	EXPECT_EQ(error_of({"-m", "workqueue", "--stage", "delayed_work.late"}).hint,
			  "add -m delayed_work");
	for (const char* list : {"", "wait,", ".", "workqueue.", ".wait", "workqueue.wait.p99"})
		error_of({"--stage", list});
}

// ---- limits ----------------------------------------------------------------------------------

TEST(Cli, FailIfTakesAnyQuantile) {
	const struct {
		const char* name;
		double quantile;
	} cases[] = {{"min", 0},        {"p50", 0.5},    {"p90", 0.9},    {"p99", 0.99},
				 {"p99.9", 0.999},  {"p999", 0.999}, {"max", 1},      {"p5", 0.05},
				 {"p9999", 0.9999}, {"p0", 0},       {"p12.5", 0.125}};
	for (const auto& c : cases) {
		const Options o =
			options_of({"--fail-if", std::string("delayed_work.late.") + c.name + "=1ms"});
		ASSERT_EQ(o.fail_if.size(), 1u) << c.name;
		EXPECT_EQ(o.fail_if[0].quantile, c.quantile) << c.name;
		EXPECT_EQ(o.fail_if[0].stage, AL_DW_LATE);
	}
	EXPECT_EQ(options_of({"--fail-if", "workqueue.wait.max=1ms", "--fail-if=workqueue.run.p50=2s"})
				  .fail_if.size(),
			  2u);
}

TEST(Cli, FailIfThatIsWrongIsAnsweredWithTheForm) {
	const struct {
		const char *text, *what;
	} cases[] = {
		{"", "'' is not a limit"},
		{"workqueue.wait.p99", "'workqueue.wait.p99' is not a limit"},
		{"workqueue.wait=1ms", "'workqueue.wait=1ms' is not a limit"},
		{"=1ms", "'=1ms' is not a limit"},
		{"workqueue.wait.=1ms", "'' is not a quantile"},
		{"workqueue.wait.p=1ms", "'p' is not a quantile"},
		{"workqueue.wait.p100=1ms", "'p100' is not a quantile"},
		{"workqueue.wait.p99.=1ms", "'p99.' is not a quantile"},
		{"workqueue.wait.p9.9.9=1ms", "'p9.9.9' is not a quantile"},
		{"workqueue.wait.p-1=1ms", "'p-1' is not a quantile"},
		{"workqueue.wait.mean=1ms", "'mean' is not a quantile"},
		{"workqueue.wait.p99=10", "'10' has no unit"},
		{"workqueue.wait.p99=", "'' is not a duration"},
		{"workqueue.wait.p99==1ms", "'=1ms' is not a duration"},
		{"workqeue.wait.p99=1ms", "there is no mechanism 'workqeue'"},
		{"workqueue.wiat.p99=1ms", "there is no stage of workqueue 'wiat'"},
	};
	for (const auto& c : cases)
		EXPECT_EQ(error_of({"--fail-if", c.text}).what, std::string("--fail-if: ") + c.what);
	EXPECT_THAT(error_of({"--fail-if", "x"}).hint, HasSubstr("workqueue.wait.p99=10ms"));
}

TEST(Cli, FailIfOnWhatIsNotCollectedNamesTheOption) {
	const Error stage = error_of({"--fail-if", "workqueue.hold.p99=1ms"});
	EXPECT_EQ(stage.what, "--fail-if: 'workqueue.hold.p99=1ms': the stage hold is not collected");
	EXPECT_EQ(stage.hint, "add --stage all, or a --stage list with workqueue.hold in it");
	EXPECT_EQ(options_of({"--fail-if", "workqueue.hold.p99=1ms", "--stage", "all"}).fail_if.size(),
			  1u);

	EXPECT_EQ(error_of({"--stage", "late", "--fail-if", "workqueue.wait.p99=1ms"}).hint,
			  "add --stage all, or a --stage list with workqueue.wait in it");

	const Error mechanism = error_of({"-m", "workqueue", "--fail-if", "delayed_work.late.max=1ms"});
	EXPECT_EQ(mechanism.what,
			  "--fail-if: 'delayed_work.late.max=1ms': delayed_work is not among the mechanisms "
			  "asked for");
	EXPECT_EQ(mechanism.hint, "add -m delayed_work");
}

TEST(Cli, OnIsALimitAsFailIfIs) {
	const Options o = options_of(
		{"--dump", "a.rec", "--on", "workqueue.wait.max=50ms", "--on", "workqueue.hold.p99=16ms"});
	EXPECT_EQ(o.dump.file, "a.rec");
	ASSERT_EQ(o.dump.on.size(), 2U);
	EXPECT_EQ(o.dump.on[0].stage, AL_WQ_WAIT);
	EXPECT_EQ(o.dump.on[0].quantile, 1);
	EXPECT_EQ(o.dump.on[0].limit_ns, 50'000'000U);
	EXPECT_EQ(o.dump.on[1].text, "workqueue.hold.p99=16ms");
	EXPECT_FALSE(o.dump.every_ns);
	EXPECT_TRUE(o.fail_if.empty());
	EXPECT_EQ(error_of({"--dump", "a", "--on", "workqueue.wait=1ms"}).what,
			  "--on: 'workqueue.wait=1ms' is not a limit");
	EXPECT_EQ(error_of({"--stage", "wait", "--dump", "a", "--on", "workqueue.hold.max=1ms"}).hint,
			  "add --stage all, or a --stage list with workqueue.hold in it");
}

TEST(Cli, AnIntervalIsNoLongerThanWhatADumpKeeps) {
	EXPECT_THAT(error_of({"--dump", "a", "--on", "workqueue.wait.max=1ms", "11"}).what,
				HasSubstr("an interval of 11s is longer than what is kept, 10s"));
	EXPECT_EQ(options_of({"--dump", "a", "--on", "workqueue.wait.max=1ms", "10"}).interval_ns,
			  10'000'000'000U);
}

// They are no items: no filter on those can choose among them.
TEST(Cli, AFilterOnItemsLeavesOutWhatIsNone) {
	for (const Arguments& filter :
		 {Arguments{"-f", "x"}, Arguments{"--pid", std::to_string(getpid())}}) {
		Arguments all = {"-m", "kthread", "--min", "1s"};
		EXPECT_TRUE(options_of(all).request.stages.contains(AL_KT_WAKEUP));
		all.insert(all.end(), filter.begin(), filter.end());
		EXPECT_FALSE(options_of(all).request.stages.contains(AL_KT_WAKEUP));
		EXPECT_TRUE(options_of(all).request.stages.contains(AL_KT_RUN));
	}
}

TEST(Cli, ADumpCollectsItemsAndRunsAndShowsThemWithMinOnly) {
	const Arguments dump = {"--dump", "a.rec", "--on", "workqueue.wait.max=50ms"};
	const Options o = options_of(dump);
	EXPECT_EQ(o.request.min_ns, 50'000'000U / kDumpMinShare);
	EXPECT_TRUE(o.request.runs);
	EXPECT_FALSE(o.shows_items);
	EXPECT_TRUE(takes_every_stage(o));
	EXPECT_EQ(options_of({"-m", "workqueue", "--dump", "a", "--on", "workqueue.wait.max=1us"})
				  .request.stages.size(),
			  mechanism(AL_WORKQUEUE).stages.size());

	Arguments more = dump;
	more.insert(more.end(), {"--on", "workqueue.wait.max=16us"});
	EXPECT_EQ(options_of(more).request.min_ns, kShortestDumpMinNs);
	more.insert(more.end(), {"--min", "1us", "--dump-every", "10s"});
	EXPECT_EQ(options_of(more).request.min_ns, 1'000U);
	EXPECT_TRUE(options_of(more).shows_items);
	EXPECT_EQ(options_of(more).dump.every_ns, 10'000'000'000U);

	EXPECT_FALSE(options_of({"--min", "1us"}).request.runs);
	EXPECT_TRUE(options_of({"--min", "1us"}).shows_items);
}

TEST(Cli, ADumpSaysWhatAndWhen) {
	const std::string limit = "workqueue.wait.max=50ms";
	EXPECT_EQ(error_of({"--dump", "a"}).what, "--dump: nothing says when");
	EXPECT_THAT(error_of({"--dump", "a"}).hint, HasSubstr("--on workqueue.wait.max=50ms"));
	EXPECT_EQ(error_of({"--on", limit}).what, "--on: nothing is kept");
	EXPECT_THAT(error_of({"--on", limit}).hint, HasSubstr("--dump FILE"));
	EXPECT_EQ(error_of({"--dump-every", "1s"}).what, "--dump-every: nothing is kept");
	EXPECT_EQ(error_of({"--force"}).what, "--force: there is no file to replace");
	error_of({"--dump", "", "--on", limit});
	error_of({"--dump", "-", "--on", limit});
	error_of({"--dump", "a", "--on", limit, "--dump-every", "0s"});
	error_of({"record", "b", "--dump", "a", "--on", limit});
	error_of({"pending", "--dump", "a", "--on", limit});
	EXPECT_TRUE(options_of({"--dump", "a", "--on", limit, "--force"}).force);
}

TEST(Cli, AReplayMakesAPageOrATrace) {
	EXPECT_EQ(options_of({"replay", "a", "--trace", "out.json"}).trace, "out.json");
	error_of({"replay", "a", "--trace", "out.json", "--html", "page"});
	error_of({"replay", "a", "--trace", "out.json", "--json"});
	error_of({"replay", "a", "--trace", "out.json", "--view", "top"});
	error_of({"replay", "a", "--trace", "-"});
	error_of({"--trace", "out.json"});
}

// ---- what is refused: docs and faults by their number ----------------------------------------

TEST(CliFaults, 1_UnknownNamesGetTheListAndTheNearest) {
	auto mechanisms = mechanism_names();
	mechanisms.push_back("all");
	const std::string accepted = one_of(mechanisms);
	const struct {
		Arguments arguments;
		std::string what, hint;
	} cases[] = {
		{{"-m", "workqeue"},
		 "--mech: there is no mechanism 'workqeue'",
		 "did you mean 'workqueue'? accepted: " + accepted},
		{{"-m", "xyzzy"}, "--mech: there is no mechanism 'xyzzy'", "accepted: " + accepted},
		{{"-m", "workqueue,"}, "--mech: there is no mechanism ''", "accepted: " + accepted},
		{{"--view", "hits"},
		 "--view: there is no view 'hits'",
		 "did you mean 'hist'? accepted: hist, heatmap, time, stages or top"},
		{{"--hook", "rawtp"},
		 "--hook: there is no kind of hook 'rawtp'",
		 "did you mean 'raw_tp'? accepted: " + one_of(hook_kind_names())},
		{{"doctr"},
		 "'doctr' is neither a command nor an interval",
		 "did you mean 'doctor'? a command is pending, record, replay, demo, doctor or list; an "
		 "interval is "
		 "seconds or a duration "
		 "with its unit, from 10ms to 24h: 1, 0.5, 500ms"},
		{{"--jsno"},
		 "there is no option '--jsno'",
		 "did you mean '--json'? asynclat --help lists all"},
		{{"--cpus=1"},
		 "there is no option '--cpus'",
		 "did you mean '--cpu'? asynclat --help lists all"},
		{{"-x"}, "there is no option '-x'", "asynclat --help lists all"},
		{{"-q=1"}, "'-q=1': no = behind a letter", "-q alone"},
		{{"-d=1s"}, "'-d=1s': no = behind a letter", "-d DURATION, or --duration=DURATION"},
		{{"-json"}, "there is no option '-json'", "did you mean '--json'?"},
		{{"-mech", "workqueue"}, "there is no option '-mech'", "did you mean '--mech'?"},
	};
	for (const auto& c : cases) {
		const Error e = error_of(c.arguments);
		EXPECT_EQ(e.what, c.what);
		EXPECT_EQ(e.hint, c.hint);
	}
}

TEST(CliFaults, 2_IntervalThatIsNoneGetsTheForm) {
	const struct {
		const char *text, *what;
	} cases[] = {
		{"0", "interval: '0' is too short"},
		{"0s", "interval: '0s' is too short"},
		{"9ms", "interval: '9ms' is too short"},
		{"0.0099", "interval: '0.0099' is too short"},
		{"25h", "interval: '25h' is too long"},
		{"86400.1", "interval: '86400.1' is too long"},
		{"99999999999999999999", "interval: '99999999999999999999' is too long"},
		{"1e99", "interval: '1e99' is not a duration"},
		{"5x", "interval: '5x' is not a duration"},
		{"", "interval: '' is not a duration"},
		{" ", "interval: ' ' is not a duration"},
		{"-", "interval: '-' is not a duration"},
		{"-1", "interval: '-1' is not a duration"},
		{"-0.5", "interval: '-0.5' is not a duration"},
		{"-.5", "interval: '-.5' is not a duration"},
		{"-1ms", "interval: '-1ms' is not a duration"},
		{"+1", "interval: '+1' is not a duration"},
		{"[1,2]", "interval: '[1,2]' is not a duration"},
		{"nan", "'nan' is neither a command nor an interval"},
		{"inf", "'inf' is neither a command nor an interval"},
	};
	for (const auto& c : cases) {
		const Error e = error_of({c.text});
		EXPECT_EQ(e.what, c.what);
		EXPECT_THAT(
			e.hint,
			HasSubstr("seconds or a duration with its unit, from 10ms to 24h: 1, 0.5, 500ms"));
	}
}

TEST(CliFaults, 3_CountThatIsNoneGetsTheForm) {
	const struct {
		const char *text, *what;
	} cases[] = {
		{"0", "count: '0' is no report at all"},
		{"-1", "count: '-1' is not a whole number"},
		{"1.5", "count: '1.5' is not a whole number"},
		{"", "count: '' is not a whole number"},
		{"doctor", "count: 'doctor' is not a whole number"},
		{"18446744073709551616", "count: '18446744073709551616' is too large"},
	};
	for (const auto& c : cases) {
		const Error e = error_of({"1", c.text});
		EXPECT_EQ(e.what, c.what);
		EXPECT_EQ(e.hint, "a count is a whole number of reports, at least 1");
	}
	EXPECT_EQ(error_of({"1", "2", "3"}).what, "'3' is one argument too many");
	EXPECT_EQ(error_of({"1", "2", "-3"}).what, "'-3' is one argument too many");
	EXPECT_EQ(error_of({"doctor", "5"}).what, "'5' is one argument too many");
	EXPECT_EQ(error_of({"doctor", "5"}).hint, "asynclat doctor [options]");
}

TEST(CliFaults, 4_CpuListsSayWhichEntryIsWrong) {
	const struct {
		const char *text, *what;
	} cases[] = {
		{"7-3", "--cpu: '7-3' is not a CPU list: '7-3' runs backwards"},
		{"0-", "--cpu: '0-' is not a CPU list: '0-' is neither a number nor a range"},
		{"9999", "--cpu: '9999' is not a CPU list: 9999 is beyond the largest CPU number"},
		{",,", "--cpu: ',,' is not a CPU list: an entry is empty"},
		{"", "--cpu: '' is not a CPU list: an entry is empty"},
		{"-1", "--cpu: '-1' is not a CPU list: '-1' is neither a number nor a range"},
	};
	for (const auto& c : cases) EXPECT_EQ(error_of({"--cpu", c.text}).what, c.what);
	EXPECT_EQ(error_of({"-c", "0", "-c", "x"}).hint, "CPU numbers, 0 to 8191, and ranges: 0-3,8");
}

TEST(CliFaults, 5_JsonAndViewExcludeEachOther) {
	EXPECT_EQ(error_of({"--json", "--view", "hist"}).what,
			  "--json: cannot be together with --view");
	EXPECT_EQ(error_of({"doctor", "--json", "--facts"}).what,
			  "--json: cannot be together with --facts");
}

// 6: a glob that may match is no error here.
TEST(CliFaults, 6_GlobsThatCanMatchNothingAreRefused) {
	EXPECT_EQ(options_of({"-w", std::string(31, 'a')}).request.workqueue.size(), 31u);
	EXPECT_EQ(error_of({"-w", std::string(32, 'a')}).what,
			  "--workqueue: '" + std::string(32, 'a') + "' is too long");
	EXPECT_EQ(error_of({"-w", ""}).what, "--workqueue: '' is empty");
	for (const char* list : {"", ",", "a,", "!", "a,!"})
		EXPECT_EQ(error_of({"-f", list}).what,
				  "--function: " + in_quotes(list) + " has an empty entry");
}

TEST(CliFaults, 7_MaxEntriesNamesTheBytes) {
	EXPECT_EQ(options_of({"--max-entries", "1"}).request.max_entries, 1u);
	EXPECT_EQ(options_of({"--max-entries", "16777216"}).request.max_entries, 1u << 24);
	for (const char* text : {"0", "16777217", "4294967296"})
		EXPECT_EQ(error_of({"--max-entries", text}).what,
				  "--max-entries: " + in_quotes(text) + " is out of range");
	for (const char* text : {"", "-1", "1k", "99999999999999999999"})
		error_of({"--max-entries", text});
	EXPECT_EQ(error_of({"--max-entries", "0"}).hint,
			  "a whole number from 1 to 16,777,216; each entry takes about 200 bytes of kernel "
			  "memory, the most 3.1 GiB");
}

TEST(CliFaults, 10_ControlBytesAreEscaped) {
	const std::string evil = "\x1b]0;x\x07\n\xff\xc2\x9b";
	const std::string safe = "\\x1B]0;x\\x07\\x0A\\xFF\\xC2\\x9B";
	std::vector<Arguments> cases = {
		{evil},       {"1", evil},       {"1", "2", evil}, {"--" + evil}, {"--" + evil + "=1"},
		{"-" + evil}, {"--json=" + evil}};

	for (const OptionRow& row : option_rows())
		if (!row.argument.empty() && row.name != "workqueue" && row.name != "function" &&
			row.name != "html" && row.name != "trace" && row.name != "dump") {
			cases.push_back({"--" + std::string(row.name), evil});
			if (!takes(Command::live, row)) cases.back().insert(cases.back().begin(), "demo");
		}
	cases.push_back({"--stage", "workqueue." + evil});
	cases.push_back({"--fail-if", "workqueue.wait." + evil + "=1ms"});
	cases.push_back({"--fail-if", "workqueue.wait.p99=" + evil});
	cases.push_back({"-w", evil + std::string(32, 'a')});
	cases.push_back({"-f", evil + ","});
	for (const Arguments& a : cases) {
		const Error e = error_of(a);
		EXPECT_THAT(e.what, HasSubstr(safe)) << shown(a);
		EXPECT_EQ(escape(e.what), e.what) << shown(a);
		EXPECT_EQ(escape(e.hint), e.hint) << shown(a);
	}
}

TEST(Cli, DurationIsLongerThanNothing) {
	EXPECT_EQ(error_of({"-d", "0s"}).what, "--duration: '0s' is no time at all");
	EXPECT_EQ(error_of({"-d", "5"}).what, "--duration: '5' has no unit");
	EXPECT_EQ(error_of({"-d", "-1s"}).what, "--duration: '-1s' is not a duration");
}

TEST(Cli, MaxLossIsAPercentage) {
	EXPECT_EQ(options_of({"--max-loss", "0.5"}).max_loss_percent, 0.5);
	EXPECT_EQ(error_of({"--max-loss", "101"}).what, "--max-loss: '101' is not a percentage");
}

TEST(Cli, ValuesAreWhereTheyBelong) {
	EXPECT_EQ(error_of({"1", "-c"}).what, "'-c' is without a value");
	EXPECT_EQ(error_of({"--max-loss"}).what, "'--max-loss' is without a value");
	EXPECT_EQ(error_of({"--cpu=", "1"}).what, "'--cpu=' is without a value");
	EXPECT_EQ(error_of({"--json=yes"}).what, "--json takes no value, and 'yes' was given");
	EXPECT_EQ(error_of({"-d", "1s", "-d", "2s"}).what, "--duration was given 2 times");
	EXPECT_EQ(error_of({"-w", "a", "-w", "b"}).what, "--workqueue was given 2 times");
}

TEST(Cli, CommandsRefuseWhatTheyCannotUse) {
	const Error cpu = error_of({"doctor", "-c", "1"});
	EXPECT_EQ(cpu.what, "'asynclat doctor' does not take --cpu");
	EXPECT_EQ(cpu.hint,
			  "it goes with 'asynclat' and with 'asynclat record' and with 'asynclat replay' and "
			  "with 'asynclat demo'");
	EXPECT_EQ(error_of({"--facts"}).hint, "it goes with 'asynclat doctor'");
	EXPECT_EQ(error_of({"replay", "a", "-f", "x"}).hint,
			  "it goes with 'asynclat' and with 'asynclat pending' and with 'asynclat record'");
	EXPECT_EQ(error_of({"demo", "--max-entries", "7"}).what,
			  "'asynclat demo' does not take --max-entries");
	EXPECT_EQ(error_of({"record", "a", "-F"}).what,
			  "'asynclat record' does not take --per-function");
}

// There --min says how old an item is at least, and asks for no stage beyond the usual ones.
TEST(Cli, PendingTakesAnAge) {
	const Options o = options_of({"pending", "-m", "workqueue", "--min", "2s", "0.5", "3"});
	EXPECT_EQ(o.command, Command::pending);
	EXPECT_EQ(o.request.oldest_min_ns, 2'000'000'000U);
	EXPECT_FALSE(o.request.min_ns);
	EXPECT_TRUE(o.request.stages.empty());
	EXPECT_EQ(o.interval_ns, 500'000'000U);
	EXPECT_EQ(o.count, 3U);
	EXPECT_EQ(options_of({"pending"}).request.oldest_min_ns, 100'000'000U);
	EXPECT_EQ(options_of({}).request.oldest_min_ns, 1'000'000'000U);
	EXPECT_EQ(options_of({"--min", "2s"}).request.oldest_min_ns, 1'000'000'000U);
	EXPECT_EQ(error_of({"pending", "--view", "top"}).what,
			  "'asynclat pending' does not take --view");
}

TEST(Cli, RecordTakesAFileAndKeepsEverything) {
	const Options o = options_of({"record", "run.rec", "0.5", "3", "-m", "workqueue", "--force"});
	EXPECT_EQ(o.command, Command::record);
	EXPECT_EQ(o.file, "run.rec");
	EXPECT_EQ(o.interval_ns, 500'000'000u);
	EXPECT_EQ(o.count, 3u);
	EXPECT_TRUE(o.force);
	EXPECT_TRUE(o.request.pools);
	EXPECT_EQ(o.request.stages.size(), mechanism(AL_WORKQUEUE).stages.size());
	EXPECT_EQ(options_of({"record", "a", "--stage", "wait", "-m", "workqueue"}).request.stages,
			  std::set<al_stage>{AL_WQ_WAIT});
	EXPECT_EQ(error_of({"record"}).what, "'asynclat record' needs a file");
	EXPECT_EQ(error_of({"replay", ""}).what, "'asynclat replay' needs a file");
	EXPECT_EQ(error_of({"replay", "a", "1"}).what, "'1' is one argument too many");
}

TEST(Cli, ReplayIsAtOnceAtAPaceOrInSteps) {
	EXPECT_FALSE(options_of({"replay", "a"}).speed);
	EXPECT_EQ(options_of({"replay", "a", "--speed", "2.5"}).speed, 2.5);
	EXPECT_TRUE(options_of({"replay", "a", "--step"}).step);
	EXPECT_EQ(options_of({"replay", "a", "--html", "page"}).html, "page");
	for (const char* text : {"0", "-1", "nan", "inf", "1x", "", "2000000"})
		EXPECT_EQ(error_of({"demo", "--speed", text}).what,
				  "--speed: " + in_quotes(text) + " is no speed");
	error_of({"replay", "a", "--step", "--speed", "1"});
	error_of({"replay", "-", "--step"});
	error_of({"replay", "a", "--html", "page", "--json"});
}

// Whether a stage is in the recording is not known before it is read.
TEST(Cli, AReplayCanBeJudgedByAnyStage) {
	options_of({"replay", "a", "--fail-if", "workqueue.hold.p99=1ms"});
	error_of({"--fail-if", "workqueue.hold.p99=1ms"});
}

// Whatever stands beside whatever: an answer, never an exception.
TEST(Cli, AnyTwoArgumentsGetAnAnswer) {
	Arguments words = {
		"",         "-",     "--",  "---",     "--=",   "-=",     "++",           "{}",
		"[]",       "[a,b]", "-c0", "-jc",     "-j1",   "-hx",    "--json=false", "--json={}",
		"--cpu={}", "1",     "-1",  "doctor",  "list",  "record", "replay",       "demo",
		"%%",       "!a",    "/c",  "--first", "first", "\n",     "-\n",          "--\n",
		"\"a b\""};
	for (const OptionRow& row : option_rows()) {
		words.push_back("--" + std::string(row.name));
		if (!row.letter.empty()) words.push_back("-" + std::string(row.letter));
	}
	for (const std::string& first : words)
		for (const std::string& second : words) {
			const auto parsed = parse_these({first, second});
			if (parsed) continue;
			EXPECT_EQ(parsed.error().exit, Exit::usage) << shown({first, second});
			EXPECT_NE(parsed.error().hint, "") << shown({first, second});
			EXPECT_EQ(escape(parsed.error().what), parsed.error().what);
		}
}

// ---- help ------------------------------------------------------------------------------------

TEST(Help, FitsEightyColumnsAndIsPlain) {
	for (const CommandRow& command : command_rows()) {
		const std::string text = help_text(command.id);
		for (const std::string_view line : split(text, '\n')) {
			EXPECT_LE(line.size(), 80u) << line;
			EXPECT_EQ(escape(line), line);
			EXPECT_FALSE(line.ends_with(' ')) << line;
			EXPECT_EQ(line.find_first_of("{}"), std::string_view::npos) << line;
		}
		EXPECT_TRUE(text.ends_with('\n') && !text.ends_with("\n\n"));
	}
}

TEST(Help, HasEveryOptionOfTheCommand) {
	for (const CommandRow& command : command_rows()) {
		const std::string text = help_text(command.id);
		for (const OptionRow& option : option_rows()) {
			const std::string line =
				(option.letter.empty() ? "\n      --"
									   : "\n  -" + std::string(option.letter) + ", --") +
				std::string(option.name);
			const bool expected = command.id == Command::live || takes(command.id, option);
			EXPECT_EQ(text.find(line) != std::string::npos, expected) << command.name << line;
		}
	}
}

TEST(Help, GroupsStandTogether) {
	std::vector<std::string_view> headings;

	for (const OptionRow& option : option_rows())
		if (headings.empty() || headings.back() != option.group) headings.push_back(option.group);
	auto once = headings;
	std::sort(once.begin(), once.end());
	EXPECT_EQ(std::unique(once.begin(), once.end()), once.end());
}

TEST(Help, NamesTheMechanismsAndTheDefaults) {
	const std::string text = help_text(Command::live);

	for (const Mechanism& m : catalog()) EXPECT_THAT(text, HasSubstr(std::string(m.name)));
	EXPECT_THAT(text, HasSubstr("65,536 workqueue, delayed_work"));
	EXPECT_THAT(text, HasSubstr("10ms to 24h (default: 1s)"));
}

// An example that the tool itself refuses would be a bad one.
TEST(Help, ExamplesParse) {
	const std::string text = help_text(Command::live);
	int examples = 0;

	for (std::string_view line : split(text, '\n')) {
		constexpr std::string_view kStart = "  sudo asynclat";
		if (!line.starts_with(kStart)) continue;
		line.remove_prefix(kStart.size());
		line = line.substr(0, std::min({line.find("  "), line.find(" > "), line.find(" || ")}));
		Arguments arguments;
		for (const std::string_view word : split(line, ' '))
			if (!word.empty()) arguments.emplace_back(word);
		options_of(arguments);
		examples++;
	}
	EXPECT_GE(examples, 5);
}

TEST(Help, WinsOverWhatElseIsGiven) {
	EXPECT_EQ(text_of({"-h"}), help_text(Command::live));
	EXPECT_EQ(text_of({"--help", "5x"}), help_text(Command::live));
	EXPECT_EQ(text_of({"doctor", "-h"}), help_text(Command::doctor));
	EXPECT_EQ(text_of({"-h", "list"}), help_text(Command::list));
	EXPECT_THAT(text_of({"-V"}), MatchesRegex("asynclat [0-9]+\\.[0-9]+\\.[0-9]+\n"));
	EXPECT_EQ(text_of({"--version", "doctor"}), text_of({"-V"}));
}

// --workqueue chooses among what is queued on one.
TEST(Cli, AWorkqueueNeedsAMechanismThatHasThem) {
	EXPECT_EQ(error_of({"-m", "kthread", "-w", "events*"}).what,
			  "--workqueue: kthread has no workqueues");
	EXPECT_EQ(error_of({"-m", "workqueue,kthread", "-w", "events*"}).exit, Exit::usage);
	EXPECT_EQ(error_of({"--stage", "spawn", "-w", "events*"}).exit, Exit::usage);
	EXPECT_THAT(options_of({"-w", "events*"}).request.mechanisms, IsEmpty());
	EXPECT_THAT(options_of({"--stage", "run", "-w", "x"}).request.mechanisms,
				ElementsAre(AL_WORKQUEUE, AL_DELAYED_WORK));
	EXPECT_THAT(options_of({"--stage", "run"}).request.mechanisms, IsEmpty());
}

}  // namespace
}  // namespace asynclat
