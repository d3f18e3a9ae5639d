// fput: files whose last reference is dropped by munmap, which leaves it to the task_work ____fput
// on every kernel. close() does so only where it comes last, and since 6.10 not even then.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "affinity.h"
#include "descriptor.h"
#include "generator.h"
#include "os_error.h"
#include "stopwatch.h"

namespace asynclat::load {
namespace {

constexpr std::string_view kFunction = "____fput";

// One page a file, side by side, without any descriptor left.
Status map_files(char* at, size_t page, uint64_t count) {
	for (uint64_t i = 0; i < count; i++) {
		const Descriptor file(memfd_create("asynclat", MFD_CLOEXEC));
		if (!file) return os_error("memfd_create");
		const void* mapped =
			mmap(at + i * page, page, PROT_READ, MAP_SHARED | MAP_FIXED, file.get(), 0);
		if (mapped == MAP_FAILED) return os_error("mmap", "raise vm.max_map_count");
	}
	return Nothing{};
}

}  // namespace

Result<Report> run_fput(const Arguments& arguments) {
	const auto cpu = arguments.find("cpu");
	const Result<uint64_t> other = cpu ? any_cpu_but(*cpu) : uint64_t{0};
	if (!other) return other.error();
	if (Status pinned = pin_to_cpu(cpu); !pinned) return pinned.error();
	const uint64_t n = arguments.operations, batch = arguments.get("batch");
	const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	const Stopwatch stopwatch;
	for (uint64_t done = 0; done < n;) {
		const uint64_t count = std::min(batch, n - done);
		void* const range =
			mmap(nullptr, count * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (range == MAP_FAILED) return os_error("mmap");
		if (Status mapped = map_files(static_cast<char*>(range), page, count); !mapped)
			return mapped.error();
		if (munmap(range, count * page)) return os_error("munmap");
		done += count;
	}
	const uint64_t elapsed_ns = stopwatch.elapsed_ns();
	// What this process leaves behind at its end is not part of the load.
	if (cpu)
		if (Status pinned = pin_to_cpu(*other); !pinned) return pinned.error();
	return Report{kFunction, {{"queued", n}, {"started", n}}, elapsed_ns};
}

}  // namespace asynclat::load
