#include "unbound_cpus.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/wait.h>

#include <cstdio>
#include <string>

#include "os_error.h"

namespace asynclat::load {
namespace {

constexpr const char* kMaskPath = "/sys/devices/virtual/workqueue/cpumask";

Result<std::string> read_mask(const Descriptor& file) {
	char text[8192];
	const ssize_t size = pread(file.get(), text, sizeof text, 0);
	if (size <= 0) return os_error(fmt::format("cannot read {}", kMaskPath));
	return std::string(text, static_cast<size_t>(size));
}

Status write_mask(const Descriptor& file, const std::string& mask) {
	if (pwrite(file.get(), mask.data(), mask.size(), 0) != static_cast<ssize_t>(mask.size()))
		return os_error(fmt::format("cannot write {}", kMaskPath), "name an online CPU");
	return Nothing{};
}

// The kernel's form of a mask: words of 32 bits, highest first, separated by commas.
std::string mask_of(uint64_t cpu) {
	std::string mask = fmt::format("{:x}", uint64_t{1} << cpu % 32);
	for (uint64_t word = 0; word < cpu / 32; word++) mask += ",00000000";
	return mask;
}

}  // namespace

UnboundCpus::~UnboundCpus() {
	if (!end_restorer()) std::fprintf(stderr, "%s was not restored\n", kMaskPath);
}

Status UnboundCpus::restrict_to(uint64_t cpu) {
	lock_ = Descriptor(open(kMaskPath, O_RDWR | O_CLOEXEC));
	if (!lock_ || flock(lock_.get(), LOCK_EX))
		return os_error(fmt::format("cannot lock {}", kMaskPath), "run as root");
	const Result<std::string> before = read_mask(lock_);
	if (!before) return before.error();
	int ends[2];
	if (pipe2(ends, O_CLOEXEC)) return os_error("pipe2");
	Descriptor death(ends[0]);
	alive_ = Descriptor(ends[1]);
	restorer_ = fork();
	if (restorer_ < 0) return os_error("fork");
	if (restorer_ == 0) {
		alive_.close();
		char byte = 0;
		while (read(death.get(), &byte, 1) < 0 && errno == EINTR) {
		}
		_exit(write_mask(lock_, *before) ? 0 : 1);
	}
	// Out of reach of a signal to our group, before there is anything to restore.
	if (setpgid(restorer_, restorer_)) return os_error("setpgid");
	return write_mask(lock_, mask_of(cpu));
}

Status UnboundCpus::restore() {
	if (end_restorer()) return Nothing{};
	return Error{Exit::failed,
				 fmt::format("{} was not restored", kMaskPath),
				 {},
				 "write the mask of all CPUs to it"};
}

bool UnboundCpus::end_restorer() {
	if (restorer_ < 0) return true;
	alive_.close();
	int status = 0;
	const pid_t ended = waitpid(std::exchange(restorer_, -1), &status, 0);
	lock_.close();
	return ended >= 0 && status == 0;
}

}  // namespace asynclat::load
