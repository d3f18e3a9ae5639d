// asynclat-load: makes the kernel do a known amount of deferred work, and says how much.
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <exception>

#include "generator.h"
#include "os_error.h"

namespace asynclat::load {
namespace {

constexpr Option kCpu{"cpu", 0, kMostCpus - 1, {}, "run on this CPU"};
constexpr Option kWorkCpu{
	"work-cpu", 0, kMostCpus - 1, {}, "the CPU that unbound work runs on (*)"};

constexpr Option kAioOptions[] = {
	{"batch", 1, 65'536, 64, "operations outstanding at once"},
	kCpu,
};
constexpr Option kPtyOptions[] = {
	{"ptys", 1, 1'024, 1, "terminals written to before the first is read"},
	kCpu,
	kWorkCpu,
};
constexpr Option kFloodOptions[] = {kCpu, kWorkCpu};
constexpr Option kCancelOptions[] = {
	{"hold-cpu", 0, kMostCpus - 1, 1, "CPU that is kept busy meanwhile"},
};
constexpr Option kIrqWorkOptions[] = {kCpu};
constexpr Option kDelayedOptions[] = {
	{"delay-ms", 10, 4'000, 20, "the delay of each"},
};
constexpr Option kFputOptions[] = {
	{"batch", 1, 32'768, 1, "files let go at once"},
	kCpu,
};

constexpr Generator kGenerators[] = {
	{"aio", "fsyncs of a memory file by AIO", kAioOptions, run_aio},
	{"pty", "bytes through pseudo terminals", kPtyOptions, run_pty},
	{"flood", "bytes through a pseudo terminal without pause", kFloodOptions, run_flood},
	{"cancel", "work cancelled before it starts (*)", kCancelOptions, run_cancel},
	{"inotify", "inotify watches added and removed", {}, run_inotify},
	{"flush-early", "delayed work flushed before its time", {}, run_flush_early},
	{"irq-work", "wake-ups of a BPF ring buffer's reader (*)", kIrqWorkOptions, run_irq_work},
	{"delayed", "delayed work that expires (*)", kDelayedOptions, run_delayed},
	{"delayed-cancel", "delayed work cancelled before its time (*)", {}, run_delayed_cancel},
	{"delayed-rearm", "delayed work armed again before its time (*)", {}, run_delayed_rearm},
	{"fput", "last references to files dropped", kFputOptions, run_fput},
};

Error usage(std::string what) {
	std::string text = "usage: asynclat-load KIND N [--option VALUE]...\n";
	for (const Generator& g : kGenerators) {
		text += fmt::format("  {:<15} {}\n", g.name, g.help);
		for (const Option& o : g.options) text += fmt::format("    --{:<12} {}\n", o.name, o.help);
	}
	text += "(*) needs root";
	return {Exit::usage, std::move(what), {}, std::move(text)};
}

Result<uint64_t> parse_number(std::string_view name, std::string_view text, uint64_t least,
							  uint64_t most) {
	uint64_t value = 0;
	const char* end = text.data() + text.size();
	const auto [stop, error] = std::from_chars(text.data(), end, value);
	if (error != std::errc{} || stop != end || value < least || value > most)
		return usage(
			fmt::format("{} must be a number from {} to {}, not '{}'", name, least, most, text));
	return value;
}

Result<Arguments> parse(const Generator& generator, std::span<char*> words) {
	constexpr uint64_t kMostOperations = 1'000'000'000'000;
	if (words.empty()) return usage(fmt::format("{} how many times?", generator.name));
	Arguments arguments;
	const Result<uint64_t> operations = parse_number("N", words[0], 1, kMostOperations);
	if (!operations) return operations.error();
	arguments.operations = *operations;
	for (size_t i = 1; i < words.size(); i += 2) {
		const std::string_view word = words[i];
		const Option* option = nullptr;
		for (const Option& o : generator.options)
			if (word.starts_with("--") && word.substr(2) == o.name) option = &o;
		if (!option) return usage(fmt::format("{} knows no '{}'", generator.name, word));
		if (i + 1 == words.size()) return usage(fmt::format("{} needs a value", word));
		const Result<uint64_t> value =
			parse_number(word, words[i + 1], option->least, option->most);
		if (!value) return value.error();
		arguments.options.emplace_back(option->name, *value);
	}
	for (const Option& o : generator.options)
		if (o.fallback && !arguments.find(o.name))
			arguments.options.emplace_back(o.name, *o.fallback);
	return arguments;
}

Result<std::string> run(std::span<char*> words) {
	if (words.empty()) return usage("which kind of load?");
	for (const Generator& generator : kGenerators) {
		if (generator.name != words[0]) continue;
		const Result<Arguments> arguments = parse(generator, words.subspan(1));
		if (!arguments) return arguments.error();
		const Result<Report> report = generator.run(*arguments);
		if (!report) return report.error();
		std::string json = fmt::format(R"({{"kind":"{}","operations":{},"function":"{}")",
									   generator.name, arguments->operations, report->function);
		for (const auto& [name, count] : report->counts)
			json += fmt::format(R"(,"{}":{})", name, count);
		return json + fmt::format(R"(,"elapsed_ns":{}}})", report->elapsed_ns);
	}
	return usage(fmt::format("unknown kind '{}'", words[0]));
}

Status print_line(const std::string& json) {
	if (std::puts(json.c_str()) < 0 || std::fflush(stdout) != 0)
		return os_error("cannot write to standard output");
	return Nothing{};
}

int finish(const Result<std::string>& json) {
	const Status printed = json ? print_line(*json) : json.error();
	if (printed) return 0;
	const Error& error = printed.error();
	fmt::print(stderr, "asynclat-load: {}", error.what);
	if (!error.evidence.empty()) fmt::print(stderr, ": {}", error.evidence);
	if (!error.hint.empty()) fmt::print(stderr, "\n{}", error.hint);
	fmt::print(stderr, "\n");
	return static_cast<int>(error.exit);
}

}  // namespace
}  // namespace asynclat::load

int main(int argc, char** argv) try {
	using namespace asynclat::load;
	return finish(run(std::span(argv, static_cast<size_t>(argc)).subspan(1)));
} catch (const std::exception& failure) {
	std::fprintf(stderr, "asynclat-load: %s\n", failure.what());
	return 1;
}
