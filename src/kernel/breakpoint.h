// A hardware execution breakpoint on a kernel function, as a perf event on one CPU.
#pragma once

#include <cstdint>

#include "base/result.h"

struct bpf_link;
struct bpf_program;

namespace asynclat {

// Runs a perf_event program whenever the CPU is about to execute the instruction at `address`.
// The error names what the kernel said; ENOSPC: all four of the CPU's are taken.
Result<bpf_link*> attach_breakpoint(bpf_program* program, uint64_t address, uint32_t cpu);

}  // namespace asynclat
