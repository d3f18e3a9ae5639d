#include "app/help.h"

#include <fmt/format.h>

#include <string_view>

#include "app/black_box.h"
#include "app/dump.h"
#include "app/entry.h"
#include "app/grammar.h"
#include "app/option_names.h"
#include "base/units.h"
#include "base/words.h"

namespace asynclat {
namespace {

constexpr size_t kUsageColumn = 42;
constexpr size_t kTextColumn = 27;

constexpr std::string_view kTitle =
	"asynclat: how long the Linux kernel makes deferred work wait, and where\n";

constexpr std::string_view kExamples = R"(
Examples:
  sudo asynclat                         all that this kernel offers, live
  sudo asynclat -m workqueue 5 3        workqueues: three reports, one in 5 s
  sudo asynclat -w 'events*' -F         the system workqueues, by callback
  sudo asynclat --stage all -d 10s      where in its life an item waits
  sudo asynclat -c 0-3 -C               CPUs 0 to 3, a histogram each
  sudo asynclat -j 1 10 > run.json      ten reports as JSON
  sudo asynclat -qd 1m --fail-if workqueue.wait.p99=10ms || echo too slow
                                        a test: one item in 100 waited 10 ms?
  sudo asynclat --dump slow.rec --on workqueue.wait.max=50ms
                                        what led to it? asynclat replay slow.rec
  sudo asynclat pending                 what has waited or run for too long?
  sudo asynclat record run.rec -d 10m   for later: asynclat replay run.rec
  sudo asynclat doctor                  what works here, and by which hook

Exit status:
  0 done, also by Ctrl-C   1 failed          2 wrong usage
  3 not on this kernel     4 no permission   5 --fail-if    6 --max-loss
)";

// "65,536 workqueue, delayed_work, 8,192 kthread"
std::string entries_text() {
	std::string text;
	uint32_t last = 0;
	for (const Mechanism& m : catalog()) {
		if (m.entries != last)
			text += fmt::format("{}{}", text.empty() ? "" : "; ", count_text(m.entries));
		text += fmt::format("{}{}", m.entries == last ? ", " : " ", m.name);
		last = m.entries;
	}
	return text;
}

std::string filled_in(std::string_view help) {
	auto mechanisms = mechanism_names();
	mechanisms.push_back("all");

	return fmt::format(
		fmt::runtime(help), fmt::arg("mechanisms", one_of(mechanisms)),
		fmt::arg("hooks", one_of(hook_kind_names())), fmt::arg("views", one_of(view_names())),
		fmt::arg("entries", entries_text()), fmt::arg("entry_bytes", kBytesAnEntry),
		fmt::arg("pending_min", duration_text(kPendingMinNs)),
		fmt::arg("dump_span", duration_text(kDumpSpanNs)), fmt::arg("dumps", kMostDumps));
}

std::string usage_text(const CommandRow& command) {
	return fmt::format("  {} {}", full_name(command), command.usage);
}

std::string words_text() {
	const std::string interval = fmt::format(
		"between two reports: seconds (1, 0.5) or a duration with its unit (500ms), {} to {} "
		"(default: {})",
		duration_text(kShortestIntervalNs), duration_text(kLongestIntervalNs),
		duration_text(Options{}.interval_ns));

	return "\n" + entry("  interval", interval, kTextColumn) +
		   entry("  count", "end after this many reports (default: go on until Ctrl-C)",
				 kTextColumn);
}

std::string option_text(const OptionRow& option) {
	std::string left = option.letter.empty()
						   ? fmt::format("      --{}", option.name)
						   : fmt::format("  -{}, --{}", option.letter, option.name);

	if (!option.argument.empty()) left += fmt::format(" {}", option.argument);
	return entry(left, filled_in(option.help), kTextColumn);
}

}  // namespace

std::string help_text(Command command) {
	const bool whole = command == Command::live;
	const CommandRow& row = command_row(command);
	std::string text =
		whole ? std::string(kTitle) : fmt::format("{}: {}\n", full_name(row), row.summary);
	std::string_view group;

	text += "\nUsage:\n";
	if (whole) {
		for (const CommandRow& c : command_rows())
			text += entry(usage_text(c), c.summary, kUsageColumn);
		text += words_text();
	} else {
		text += usage_text(row) + "\n";
	}
	for (const OptionRow& option : option_rows()) {
		if (!whole && !takes(command, option)) continue;
		if (option.group != group) text += fmt::format("\n{}:\n", option.group);
		group = option.group;
		text += option_text(option);
	}
	if (whole) text += kExamples;
	return text;
}

}  // namespace asynclat
