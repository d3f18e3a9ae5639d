// What this kernel offers, gathered once. Plain values: they serialise to text, so the facts of a
// kernel that we do not have can be tested all the same.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"

namespace asynclat {

struct Facts {
	std::string release;
	std::string arch;
	bool btf = false;                           // /sys/kernel/btf/vmlinux can be read
	std::map<std::string, int> tracepoints;     // of the catalog, in BTF -> number of arguments
	std::map<std::string, uint64_t> addresses;  // symbols the catalog needs; absent: unknown
	std::set<std::string> functions;            // of the catalog, in BTF
	uint64_t tick_ns = 0;
	int64_t preempt_count = 0;                   // of a CPU, in bytes from its runqueue; 0: unknown
	uint32_t wq_bh = 0;                          // WQ_BH; 0: this kernel has no BH workqueues
	std::map<std::string, bool> capabilities;    // bpf, perfmon, sys_admin, syslog: effective
	bool cas = true;                             // BPF programs may compare and swap (5.12)
	std::string fentry;                          // why no function can be traced; empty: it can
	bool kprobes = false;                        // there is a kprobe PMU (CONFIG_KPROBE_EVENTS)
	bool breakpoints = false;                    // there is a breakpoint PMU
	std::string lockdown;                        // none, integrity, confidentiality; empty: unknown
	std::map<std::string, std::string> refused;  // program -> why loading or attaching it failed

	[[nodiscard]] bool capable(const std::string& name) const;
	// 0: unknown.
	[[nodiscard]] uint64_t address(std::string_view symbol) const;
};

// Reads BTF, kallsyms' addresses of the catalog's symbols (given by the caller, who keeps the
// symbol table), the clock's tick and the process's capabilities.
class Symbols;
Facts gather_facts(const Symbols& symbols);

// One `key value` a line, sorted; addresses as 1 or 0, as theirs differ at every boot.
std::string to_text(const Facts& facts);
// Source: to_text(). Fails on a line it does not know.
Result<Facts> facts_from_text(const std::string& text);

}  // namespace asynclat
