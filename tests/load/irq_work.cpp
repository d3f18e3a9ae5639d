// irq-work: records put into a BPF ring buffer, each with a forced wake-up of its reader. That
// wake-up is an irq_work item, queued on the CPU that it runs on.
#include <fmt/format.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

#include "affinity.h"
#include "descriptor.h"
#include "generator.h"
#include "os_error.h"
#include "stopwatch.h"

namespace asynclat::load {
namespace {

long bpf(bpf_cmd command, bpf_attr& attributes) {
	return syscall(SYS_bpf, command, &attributes, sizeof(attributes));
}

// The pages by which reader and writer tell each other how far they are.
class Ring {
public:
	Ring() = default;
	Ring(const Ring&) = delete;
	Ring& operator=(const Ring&) = delete;
	~Ring() {
		if (read_ != MAP_FAILED) munmap(read_, page_);
		if (written_ != MAP_FAILED) munmap(written_, page_);
	}

	Status create() {
		// Before 5.11 BPF counts against this limit; where it cannot be raised, creating will tell.
		const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
		setrlimit(RLIMIT_MEMLOCK, &unlimited);
		bpf_attr map{};
		map.map_type = BPF_MAP_TYPE_RINGBUF;
		map.max_entries = static_cast<__u32>(page_);
		fd_ = Descriptor(static_cast<int>(bpf(BPF_MAP_CREATE, map)));
		if (!fd_) return os_error("cannot create a BPF ring buffer", "run as root");
		read_ = mmap(nullptr, page_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
		written_ =
			mmap(nullptr, page_, PROT_READ, MAP_SHARED, fd_.get(), static_cast<off_t>(page_));
		if (read_ == MAP_FAILED || written_ == MAP_FAILED)
			return os_error("cannot map a BPF ring buffer");
		return Nothing{};
	}

	[[nodiscard]] int fd() const { return fd_.get(); }
	// Reads all that was written; false: nothing was.
	bool drain() {
		const uint64_t written = std::atomic_ref(*static_cast<uint64_t*>(written_)).load();
		return std::atomic_ref(*static_cast<uint64_t*>(read_)).exchange(written) != written;
	}

private:
	const size_t page_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
	Descriptor fd_;
	void* read_ = MAP_FAILED;
	void* written_ = MAP_FAILED;
};

// bpf_ringbuf_output(ring, &zero, 8, BPF_RB_FORCE_WAKEUP)
Result<Descriptor> load_writer(int ring) {
	const bpf_insn program[] = {
		{.code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, .off = -8},
		{.code = BPF_LD | BPF_DW | BPF_IMM,
		 .dst_reg = BPF_REG_1,
		 .src_reg = BPF_PSEUDO_MAP_FD,
		 .imm = ring},
		{},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_2, .src_reg = BPF_REG_10},
		{.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_2, .imm = -8},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = 8},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_4, .imm = BPF_RB_FORCE_WAKEUP},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_ringbuf_output},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	bpf_attr load{};
	load.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT;
	load.insns = reinterpret_cast<uint64_t>(program);
	load.insn_cnt = std::size(program);
	load.license = reinterpret_cast<uint64_t>("GPL");
	Descriptor writer(static_cast<int>(bpf(BPF_PROG_LOAD, load)));
	if (!writer) return os_error("cannot load a BPF program", "run as root");
	return writer;
}

}  // namespace

Result<Report> run_irq_work(const Arguments& arguments) {
	if (Status s = pin_to_cpu(arguments.find("cpu")); !s) return s.error();
	Ring ring;
	if (Status s = ring.create(); !s) return s.error();
	const Result<Descriptor> writer = load_writer(ring.fd());
	if (!writer) return writer.error();

	bpf_attr test{};
	test.test.prog_fd = static_cast<__u32>(writer->get());
	const Stopwatch watch;
	for (uint64_t i = 0; i < arguments.operations; i++) {
		if (bpf(BPF_PROG_TEST_RUN, test)) return os_error("cannot run a BPF program");
		if (!ring.drain()) return Error{Exit::failed, "a record did not fit the ring buffer"};
	}
	const uint64_t n = arguments.operations;
	return Report{"bpf_ringbuf_notify", {{"queued", n}, {"started", n}}, watch.elapsed_ns()};
}

}  // namespace asynclat::load
