#include "kernel/facts.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <fstream>
#include <memory>
#include <sstream>

#include "catalog/mechanism.h"
#include "kernel/kprobe.h"
#include "kernel/preempt_count.h"
#include "kernel/symbols.h"

namespace asynclat {
namespace {

struct Capability {
	const char* name;
	int bit;
};
constexpr std::array<Capability, 4> kCapabilities = {{{"bpf", CAP_BPF},
													  {"perfmon", CAP_PERFMON},
													  {"sys_admin", CAP_SYS_ADMIN},
													  {"syslog", CAP_SYSLOG}}};

std::map<std::string, bool> effective_capabilities() {
	std::ifstream status("/proc/self/status");
	uint64_t effective = 0;
	for (std::string line; std::getline(status, line);)
		if (line.starts_with("CapEff:")) effective = std::stoull(line.substr(7), nullptr, 16);
	std::map<std::string, bool> result;
	for (const Capability& capability : kCapabilities)
		result[capability.name] = effective >> capability.bit & 1;
	return result;
}

// `none [integrity] confidentiality`: the bracketed one is in force.
std::string read_lockdown() {
	std::ifstream file("/sys/kernel/security/lockdown");
	std::string text;
	std::getline(file, text);
	const auto open = text.find('['), close = text.find(']');
	return close == std::string::npos ? "" : text.substr(open + 1, close - open - 1);
}

// jiffies advance by this much of CLOCK_MONOTONIC: the resolution of the coarse clocks.
uint64_t read_tick_ns() {
	timespec resolution{};
	clock_getres(CLOCK_MONOTONIC_COARSE, &resolution);
	return static_cast<uint64_t>(resolution.tv_nsec);
}

// The argument count of a tracepoint is that of its btf_trace_ typedef's function, less the
// leading context pointer; -1: no such tracepoint.
int tracepoint_arguments(const btf* types, std::string_view name) {
	const std::string type = fmt::format("btf_trace_{}", name);
	int id = btf__find_by_name_kind(types, type.c_str(), BTF_KIND_TYPEDEF);
	for (int hops = 0; id > 0 && hops < 3; hops++) {
		const btf_type* t = btf__type_by_id(types, static_cast<uint32_t>(id));
		if (btf_is_func_proto(t)) return btf_vlen(t) - 1;
		id = static_cast<int>(t->type);
	}
	return -1;
}

// The enum that holds it has had a name only since 6.18 or so: look for the value.
uint32_t find_wq_bh(const btf* types) {
	for (uint32_t id = 1; id < btf__type_cnt(types); id++) {
		const btf_type* t = btf__type_by_id(types, id);
		if (!btf_is_enum(t)) continue;
		const auto* value = ::btf_enum(t);
		for (int i = 0; i < btf_vlen(t); i++)
			if (!std::strcmp(btf__name_by_offset(types, value[i].name_off), "WQ_BH"))
				return static_cast<uint32_t>(value[i].val);
	}
	return 0;
}

// The smallest program with a compare-and-swap. Only EINVAL says that it is unknown: without the
// privilege to load anything nobody can tell.
bool probe_cas() {
	const bpf_insn program[] = {
		{.code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, .off = -8},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_1},
		{.code = BPF_STX | BPF_ATOMIC | BPF_DW,
		 .dst_reg = BPF_REG_10,
		 .src_reg = BPF_REG_1,
		 .off = -8,
		 .imm = BPF_CMPXCHG},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	const int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "al_cas", "GPL", program,
								 std::size(program), nullptr);
	const bool unknown = fd < 0 && errno == EINVAL;
	if (fd >= 0) close(fd);
	return !unknown;
}

bool has_pmu(const char* name) {
	const std::string type = fmt::format("/sys/bus/event_source/devices/{}/type", name);
	return access(type.c_str(), R_OK) == 0;
}

// The smallest program for the entry of a function: some kernels refuse all of them.
std::string probe_fentry(const btf* types) {
	const int id = btf__find_by_name_kind(types, "task_work_run", BTF_KIND_FUNC);
	if (id < 0) return "the kernel's BTF has no functions";
	const bpf_insn program[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options);
	options.expected_attach_type = BPF_TRACE_FENTRY;
	options.attach_btf_id = static_cast<uint32_t>(id);
	const int fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "al_fentry", "GPL", program,
								 std::size(program), &options);
	if (fd < 0) return fmt::format("the kernel refuses it: {}", std::strerror(errno));
	close(fd);
	return "";
}

// Where a kprobe is what is tried first, its answer decides the plan: asked now, it does not cost
// an object loaded in vain. Program -> why not.
std::map<std::string, std::string> kprobes_refused() {
	std::map<std::string, std::string> refused;
	for (const Mechanism& m : catalog())
		for (const Point& p : m.points)
			if (p.any_of.size() > 1 && p.any_of.front().kind == HookKind::kprobe)
				if (const auto why = ask_for_kprobe(std::string(p.any_of.front().target));
					!why.empty())
					refused[std::string(p.any_of.front().program)] = why;
	return refused;
}

bool is_function_hook(HookKind kind) {
	return kind == HookKind::fentry || kind == HookKind::fexit || kind == HookKind::kprobe ||
		   kind == HookKind::kretprobe || kind == HookKind::hwbp;
}

void each_hook(auto&& call) {
	for (const Mechanism& m : catalog())
		for (const Point& p : m.points)
			for (const Hook& h : p.any_of) call(h);
}

// Symbols whose addresses the catalog needs.
std::set<std::string_view> symbols_needed() {
	std::set<std::string_view> names;
	each_hook([&](const Hook& hook) {
		names.insert(hook.symbol);
		if (hook.kind == HookKind::hwbp) names.insert(hook.target);
	});
	for (const Mechanism& m : catalog()) {
		for (const Book& book : m.books) names.insert(book.symbol);
		names.insert(m.symbols.begin(), m.symbols.end());
		for (const Stage& stage : m.stages)
			for (const Book& book : stage.books) names.insert(book.symbol);
	}
	names.erase("");
	return names;
}

}  // namespace

bool Facts::capable(const std::string& name) const {
	const auto found = capabilities.find(name);
	return found != capabilities.end() && found->second;
}

uint64_t Facts::address(std::string_view symbol) const {
	const auto found = addresses.find(std::string(symbol));
	return found == addresses.end() ? 0 : found->second;
}

Facts gather_facts(const Symbols& symbols) {
	Facts facts;
	utsname host{};
	uname(&host);
	facts.release = host.release;
	facts.arch = host.machine;
	facts.tick_ns = read_tick_ns();
	facts.capabilities = effective_capabilities();
	facts.lockdown = read_lockdown();
	facts.cas = probe_cas();
	facts.kprobes = has_pmu("kprobe");
	facts.breakpoints = has_pmu("breakpoint");
	if (facts.kprobes) facts.refused = kprobes_refused();
	for (const std::string_view name : symbols_needed())
		if (const auto address = symbols.address(name))
			facts.addresses[std::string(name)] = *address;

	const std::unique_ptr<btf, void (*)(btf*)> types(btf__load_vmlinux_btf(), btf__free);
	facts.btf = types != nullptr;
	if (!types) return facts;
	facts.fentry = probe_fentry(types.get());
	each_hook([&](const Hook& hook) {
		if (is_function_hook(hook.kind)) {
			const std::string function(hook.target);
			if (btf__find_by_name_kind(types.get(), function.c_str(), BTF_KIND_FUNC) > 0)
				facts.functions.insert(function);
			return;
		}
		const int arguments = tracepoint_arguments(types.get(), hook.target);
		if (arguments >= 0) facts.tracepoints[std::string(hook.target)] = arguments;
	});
	facts.wq_bh = find_wq_bh(types.get());
	facts.preempt_count = preempt_count_from_runqueue(types.get(), symbols);
	return facts;
}

std::string to_text(const Facts& facts) {
	std::string text = fmt::format(
		"release {}\narch {}\nbtf {}\ntick_ns {}\nwq_bh {}\npreempt_count {}\ncas {}\nkprobes {}\n"
		"breakpoints {}\nlockdown {}\nfentry {}\n",
		facts.release, facts.arch, int{facts.btf}, facts.tick_ns, facts.wq_bh, facts.preempt_count,
		int{facts.cas}, int{facts.kprobes}, int{facts.breakpoints},
		facts.lockdown.empty() ? "-" : facts.lockdown, facts.fentry.empty() ? "-" : facts.fentry);
	for (const auto& [name, arguments] : facts.tracepoints)
		text += fmt::format("tracepoint {} {}\n", name, arguments);
	for (const std::string& name : facts.functions) text += fmt::format("function {}\n", name);
	for (const auto& [name, address] : facts.addresses)
		text += fmt::format("address {} {}\n", name, int{address != 0});
	for (const auto& [name, has] : facts.capabilities)
		text += fmt::format("capability {} {}\n", name, int{has});
	for (const auto& [program, why] : facts.refused)
		text += fmt::format("refused {} {}\n", program, why);
	return text;
}

Result<Facts> facts_from_text(const std::string& text) {
	Facts facts;
	std::istringstream lines(text);
	int number = 0;
	for (std::string line; std::getline(lines, line);) {
		number++;
		if (line.empty() || line.starts_with('#')) continue;
		std::istringstream words(line);
		std::string key, name;
		uint64_t value = 0;
		words >> key >> name;
		const bool named = key == "tracepoint" || key == "address" || key == "capability";
		const bool numeric = key == "btf" || key == "tick_ns" || key == "wq_bh" ||
							 key == "preempt_count" || key == "cas" || key == "kprobes" ||
							 key == "breakpoints";
		if (numeric) words = std::istringstream(name);
		if ((named || numeric) && !(words >> value))
			return Error{.what = fmt::format("facts, line {}: `{}` lacks a number", number, line)};
		if (key == "release")
			facts.release = name;
		else if (key == "arch")
			facts.arch = name;
		else if (key == "lockdown")
			facts.lockdown = name == "-" ? "" : name;
		else if (key == "btf")
			facts.btf = value;
		else if (key == "tick_ns")
			facts.tick_ns = value;
		else if (key == "wq_bh")
			facts.wq_bh = static_cast<uint32_t>(value);
		else if (key == "preempt_count")
			facts.preempt_count = static_cast<int64_t>(value);
		else if (key == "cas")
			facts.cas = value;
		else if (key == "kprobes")
			facts.kprobes = value;
		else if (key == "breakpoints")
			facts.breakpoints = value;
		else if (key == "fentry") {
			std::string rest;
			std::getline(words, rest);
			facts.fentry = name == "-" ? "" : name + rest;
		} else if (key == "function")
			facts.functions.insert(name);
		else if (key == "tracepoint")
			facts.tracepoints[name] = static_cast<int>(value);
		else if (key == "address")
			facts.addresses[name] = value;
		else if (key == "capability")
			facts.capabilities[name] = value;
		else if (key == "refused") {
			std::string why;
			std::getline(words >> std::ws, why);
			facts.refused[name] = why;
		} else {
			return Error{.what = fmt::format("facts, line {}: unknown key `{}`", number, key)};
		}
	}
	return facts;
}

}  // namespace asynclat
