// Where the kernel counts what a CPU is in: a task, a softirq, an interrupt.
#pragma once

#include <cstdint>

struct btf;

namespace asynclat {

class Symbols;

// Of a CPU's variable with the count, in bytes from its runqueue, as the kernel's BTF says, or
// where that has no variables (pahole 1.18 to 1.21), its symbols; 0: unknown. On arm64 it is in the
// task.
int64_t preempt_count_from_runqueue(const btf* types, const Symbols& symbols);

}  // namespace asynclat
