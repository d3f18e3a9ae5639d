#include "app/grammar.h"

#include <algorithm>

#include "app/limits.h"
#include "app/option_names.h"
#include "app/option_values.h"
#include "app/submitter_options.h"

namespace asynclat {
namespace {

constexpr CommandRow kCommands[] = {
	{Command::live, "", "[options] [interval [count]]", "live histograms, until Ctrl-C"},
	{Command::pending, "pending", "[options] [interval [count]]",
	 "the oldest items that still wait or run"},
	{Command::record, "record", "FILE [options] [interval [count]]",
	 "a run into a file, for later"},
	{Command::replay, "replay", "FILE [options]", "such a file, as if it were live"},
	{Command::demo, "demo", "[options]", "a bundled recording: no root, no BPF"},
	{Command::doctor, "doctor", "[options]", "what can be measured on this kernel"},
	{Command::list, "list", "[options]", "the mechanisms and their stages"},
};

constexpr unsigned kLive = 1U << static_cast<unsigned>(Command::live);
constexpr unsigned kPending = 1U << static_cast<unsigned>(Command::pending);
constexpr unsigned kRecord = 1U << static_cast<unsigned>(Command::record);
constexpr unsigned kReplay =
	1U << static_cast<unsigned>(Command::replay) | 1U << static_cast<unsigned>(Command::demo);
constexpr unsigned kDoctor = 1U << static_cast<unsigned>(Command::doctor);
constexpr unsigned kList = 1U << static_cast<unsigned>(Command::list);
constexpr unsigned kMeasure = kLive | kPending | kRecord;
constexpr unsigned kShow = kLive | kReplay;
constexpr unsigned kRun = kLive | kRecord | kReplay;
constexpr unsigned kAll = kRun | kPending | kDoctor | kList;

constexpr std::string_view kWhat = "What to measure";
constexpr std::string_view kHow = "How to show it";
constexpr std::string_view kBlackBox = "A black box: what came just before";
constexpr std::string_view kWhen = "When to stop, and how to exit";
constexpr std::string_view kRecorded = "Recordings";
constexpr std::string_view kOther = "Other";

constexpr OptionRow kOptions[] = {
	{"mech", "m", "LIST", kWhat, "{mechanisms} (default: all that this kernel offers)",
	 kRun | kPending, true, set_mechanisms},
	{"stage", "", "LIST", kWhat,
	 "stages to collect: wait, run, workqueue.hold, or all (default: the headline and run; with "
	 "record and replay: all); asynclat list explains them",
	 kRun, true, set_stages},
	{"cpu", "c", "LIST", kWhat, "only items that start on these CPUs: 0-3,8", kRun, true, set_cpus},
	{"workqueue", "w", "GLOB", kWhat, "only these workqueues: 'events*'", kMeasure, false,
	 set_workqueue},
	{"function", "f", "LIST", kWhat, "only these callbacks: 'blk_*'; '!blk_*' leaves them out",
	 kMeasure, true, set_functions},
	{"hook", "", "LIST", kWhat, "only these kinds of hook: {hooks}", kMeasure, true,
	 set_hook_kinds},
	{"min", "", "DURATION", kWhat,
	 "also a line for each item that waited at least this long: 500us; with pending: only items "
	 "that are so old (default: {pending_min})",
	 kLive | kPending, false, set_min},
	{"submitter", "", "", kWhat, "with --min, --dump and pending: who queued an item",
	 kLive | kPending, false, set_submitter},
	{"stack", "", "", kWhat,
	 "with --min, --dump and pending: that, and the kernel's stack there; also the stack of "
	 "a task that held the CPU",
	 kLive | kPending, false, set_stack},
	{"pid", "p", "PID", kWhat, "only items that this process queues", kMeasure, false, set_pid},
	{"cgroup", "", "PATH", kWhat,
	 "only items queued from within this control group (v2): /system.slice", kMeasure, false,
	 set_cgroup},
	{"max-entries", "", "N", kWhat,
	 "pending items held at most, a mechanism (by default {entries}); each takes about "
	 "{entry_bytes} "
	 "bytes of kernel memory",
	 kMeasure, false, set_max_entries},

	{"per-cpu", "C", "", kHow, "a histogram for each CPU (one of -C, -F, -W and -P)", kShow, false,
	 set_grouping<Grouping::cpu>},
	{"per-function", "F", "", kHow, "for each callback", kShow, false,
	 set_grouping<Grouping::function>},
	{"per-workqueue", "W", "", kHow, "for each workqueue (kthread: thread)", kShow, false,
	 set_grouping<Grouping::workqueue>},
	{"per-pool", "P", "", kHow, "for each worker pool (CPU or node, nice, BH)", kShow, false,
	 set_grouping<Grouping::pool>},
	{"view", "", "NAME", kHow, "{views} (default: hist)", kShow, false, set_view},
	{"timestamp", "T", "", kHow, "the time of day on each report", kShow | kPending, false,
	 set_flag<&Options::timestamps>},
	{"nanoseconds", "N", "", kHow, "times in nanoseconds", kShow, false,
	 set_flag<&Options::nanoseconds>},
	{"color", "", "WHEN", kHow,
	 "auto (default: as NO_COLOR, TERM and the terminal say), always, never", kShow | kPending,
	 false, set_color},
	{"ascii", "", "", kHow, "only ASCII characters, whatever the locale", kShow | kPending, false,
	 set_flag<&Options::ascii>},
	{"json", "j", "", kHow, "one JSON object a line, and nothing else on stdout",
	 kRun | kPending | kDoctor, false, set_flag<&Options::json>},
	{"quiet", "q", "", kHow, "only data: no banner, no progress", kAll, false,
	 set_flag<&Options::quiet>},

	{"dump", "", "FILE", kBlackBox,
	 "keep the last {dump_span} of intervals, items and runs, and write them when --on is "
	 "exceeded: "
	 "a recording to FILE, a trace for Perfetto to FILE.json",
	 kLive, false, set_dump},
	{"on", "", "MECH.STAGE.QUANTILE=DURATION", kBlackBox,
	 "with --dump: in an interval, as --fail-if: workqueue.wait.max=50ms", kLive, true, set_on},
	{"dump-every", "", "DURATION", kBlackBox,
	 "and again, at most so often, to FILE.1, FILE.2 and so on, {dumps} in all (default: once)",
	 kLive, false, set_dump_every},

	{"duration", "d", "DURATION", kWhen, "stop after this long: 500ms, 10s, 5m, 2h", kMeasure,
	 false, set_duration},
	{"fail-if", "", "MECH.STAGE.QUANTILE=DURATION", kWhen,
	 "exit with 5 when it was exceeded: workqueue.wait.p99=10ms; the quantile is min, p50, p90, "
	 "p99, p99.9, p999, max or any pNN",
	 kRun, true, set_fail_if},
	{"max-loss", "", "PERCENT", kWhen, "exit with 6 when more than this was lost: 1%", kRun, false,
	 set_max_loss},

	{"html", "", "OUT", kRecorded, "a page with pictures of it all, in one file", kReplay, false,
	 set_html},
	{"trace", "", "OUT", kRecorded, "the items of a --dump as a trace, for Perfetto", kReplay,
	 false, set_trace},
	{"speed", "", "N", kRecorded,
	 "as fast as it was, or N times that: 1, 10, 0.5 (default: at once)", kReplay, false,
	 set_speed},
	{"step", "", "", kRecorded,
	 "held from the start: an interval each time that you press ., or Enter where it is not "
	 "watched",
	 kReplay, false, set_flag<&Options::step>},
	{"force", "", "", kRecorded,
	 "with record, --dump, --html and --trace: replace a file that is there",
	 kLive | kRecord | kReplay, false, set_flag<&Options::force>},

	{"facts", "", "", kOther, "with doctor: what was found about this kernel, for a bug report",
	 kDoctor, false, set_flag<&Options::facts>},
	{"markdown", "", "", kOther, "with list: as Markdown", kList, false,
	 set_flag<&Options::markdown>},
	{"verbose", "v", "", kOther, "libbpf's own messages too", kAll, false,
	 set_flag<&Options::verbose>},
	{"version", "V", "", kOther, "print the version", kAll},
	{"help", "h", "", kOther, "print this help; a command has its own: asynclat doctor -h", kAll},
};

}  // namespace

std::span<const CommandRow> command_rows() { return kCommands; }

std::span<const OptionRow> option_rows() { return kOptions; }

const CommandRow& command_row(Command id) {
	return *std::find_if(std::begin(kCommands), std::end(kCommands),
						 [id](const CommandRow& row) { return row.id == id; });
}

std::string full_name(const CommandRow& command) {
	return command.name.empty() ? "asynclat" : "asynclat " + std::string(command.name);
}

}  // namespace asynclat
