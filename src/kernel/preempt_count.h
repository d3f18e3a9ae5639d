// Where the kernel counts what a CPU is in: a task, a softirq, an interrupt.
#pragma once

#include <cstdint>

struct btf;

namespace asynclat {

// Of a CPU's variable with the count, in bytes from its runqueue, as the kernel's BTF says; 0: it does not.
// On arm64 it is in the task.
int64_t preempt_count_from_runqueue(const btf* types);

}  // namespace asynclat
