// aio: asynchronous fsyncs of a memory file. Each is one work item of the system workqueue, and
// its completion is reported from within it.
#include <fmt/format.h>
#include <linux/aio_abi.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <algorithm>
#include <vector>

#include "affinity.h"
#include "descriptor.h"
#include "generator.h"
#include "os_error.h"
#include "stopwatch.h"

namespace asynclat::load {
namespace {

class AioContext {
public:
	AioContext() = default;
	AioContext(const AioContext&) = delete;
	AioContext& operator=(const AioContext&) = delete;
	~AioContext() {
		if (context_) syscall(SYS_io_destroy, context_);
	}

	Status create(uint64_t outstanding) {
		if (syscall(SYS_io_setup, outstanding, &context_))
			return os_error(fmt::format("io_setup for {} outstanding operations", outstanding),
							"raise /proc/sys/fs/aio-max-nr or lower --batch");
		return Nothing{};
	}

	Status submit(std::vector<iocb*>& operations, size_t count) {
		for (size_t done = 0; done < count;) {
			const long accepted =
				syscall(SYS_io_submit, context_, count - done, operations.data() + done);
			if (accepted < 0) return os_error("io_submit");
			done += static_cast<size_t>(accepted);
		}
		return Nothing{};
	}

	Status await(std::vector<io_event>& events, size_t count) {
		const long got = syscall(SYS_io_getevents, context_, count, count, events.data(), nullptr);
		if (got < 0) return os_error("io_getevents");
		for (size_t i = 0; i < count; i++) {
			if (events[i].res == 0) continue;
			errno = static_cast<int>(-events[i].res);
			return os_error("an asynchronous fsync failed");
		}
		return Nothing{};
	}

private:
	aio_context_t context_ = 0;
};

}  // namespace

Result<Report> run_aio(const Arguments& arguments) {
	if (Status s = pin_to_cpu(arguments.find("cpu")); !s) return s.error();
	const size_t batch = std::min(arguments.get("batch"), arguments.operations);

	const Descriptor file(memfd_create("asynclat-load", MFD_CLOEXEC));
	if (!file) return os_error("memfd_create");
	AioContext context;
	if (Status s = context.create(batch); !s) return s.error();

	iocb operation{};
	operation.aio_fildes = static_cast<__u32>(file.get());
	operation.aio_lio_opcode = IOCB_CMD_FSYNC;
	std::vector<iocb> operations(batch, operation);
	std::vector<iocb*> pointers(batch);
	for (size_t i = 0; i < batch; i++) pointers[i] = &operations[i];
	std::vector<io_event> events(batch);

	const Stopwatch watch;
	for (uint64_t left = arguments.operations; left > 0;) {
		const size_t count = std::min<uint64_t>(left, batch);
		if (Status s = context.submit(pointers, count); !s) return s.error();
		if (Status s = context.await(events, count); !s) return s.error();
		left -= count;
	}
	const uint64_t n = arguments.operations;
	return Report{"aio_fsync_work", {{"queued", n}, {"started", n}}, watch.elapsed_ns()};
}

}  // namespace asynclat::load
