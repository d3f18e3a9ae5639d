#include "kernel/submitters.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <string_view>

#include "kernel/fixed_text.h"

namespace asynclat {
namespace {

// The way from a hook to its program, as far as it is the kernel's own code.
constexpr std::string_view kTracing[] = {
	"__bpf_prog_run",  "___bpf_prog_run",  "bpf_trace_run",
	"__bpf_trace_",    "__traceiter_",     "trace_call_bpf",
	"kprobe_",         "aggr_pre_handler", "optimized_callback",
	"opt_pre_handler", "ftrace_",          "arch_ftrace_ops_list_",
	"perf_trace_",     "perf_event_",      "bpf_overflow_handler",
	"__perf_event_"};

bool is_tracing(std::string_view name) {
	return std::ranges::any_of(kTracing,
							   [&](std::string_view prefix) { return name.starts_with(prefix); });
}

}  // namespace

std::optional<Submitter> Submitters::named(const al_submitter& submitter) {
	if (submitter.context == AL_IN_UNKNOWN) return std::nullopt;
	Submitter result{.context = static_cast<al_context>(submitter.context)};
	if (result.context == AL_IN_TASK) {
		result.comm = text_of(submitter.comm);
		result.tid = submitter.tid;
		result.pid = submitter.pid;
		result.cgroup = cgroups_.path_of(submitter.cgroup);
	}
	return result;
}

const std::vector<std::string>& Submitters::stack(uint32_t number) {
	std::vector<std::string>& frames = stacks_[number];
	std::vector<uint64_t> addresses(AL_STACK_FRAMES);
	const uint32_t id = number - 1;
	if (!number || !frames.empty()) return frames;
	if (bpf_map_lookup_elem(object_.map_fd("stacks"), &id, addresses.data())) return frames;
	addresses.erase(std::ranges::find(addresses, 0), addresses.end());
	return frames = frames_of(addresses, symbols_);
}

std::vector<std::string> frames_of(const std::vector<uint64_t>& addresses, const Symbols& symbols) {
	// Programs and trampolines lie among the modules; where a hook stands is the kernel's own.
	auto first = std::ranges::find_if(addresses, [&](uint64_t address) {
		return symbols.is_core(address) && !is_tracing(symbols.place_of_return(address));
	});
	if (first == addresses.end()) first = addresses.begin();
	std::vector<std::string> frames;
	// A probe stands at the very begin of its function.
	if (first != addresses.end()) frames.push_back(symbols.place(*first++));
	for (; first != addresses.end(); ++first) frames.push_back(symbols.place_of_return(*first));
	return frames;
}

}  // namespace asynclat
