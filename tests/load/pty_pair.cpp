#include "pty_pair.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <termios.h>

#include <algorithm>

#include "os_error.h"

namespace asynclat::load {

Status allow_open_ptys(uint64_t count) {
	constexpr uint64_t kOthers = 64;
	rlimit limit{};
	if (getrlimit(RLIMIT_NOFILE, &limit)) return os_error("getrlimit");
	limit.rlim_cur = std::max<rlim_t>(limit.rlim_cur, 2 * count + kOthers);
	limit.rlim_max = std::max(limit.rlim_max, limit.rlim_cur);
	if (setrlimit(RLIMIT_NOFILE, &limit))
		return os_error(fmt::format("cannot allow {} open files", limit.rlim_cur), "run as root");
	return Nothing{};
}

Result<Descriptor> open_pty_master() {
	Descriptor master(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
	if (!master)
		return os_error("cannot open /dev/ptmx",
						"raise /proc/sys/kernel/pty/max or the limit of open files");
	int locked = 0;
	if (ioctl(master.get(), TIOCSPTLCK, &locked)) return os_error("cannot unlock a pty");
	return master;
}

Result<PtyPair> open_pty_pair() {
	Result<Descriptor> master = open_pty_master();
	if (!master) return master.error();
	Descriptor slave(ioctl(master->get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
	if (!slave) return os_error("cannot open the slave of a pty");
	termios mode{};
	if (tcgetattr(slave.get(), &mode)) return os_error("tcgetattr of a pty");
	cfmakeraw(&mode);
	if (tcsetattr(slave.get(), TCSANOW, &mode)) return os_error("tcsetattr of a pty");
	return PtyPair{std::move(*master), std::move(slave)};
}

Status write_byte(const Descriptor& master) {
	if (write(master.get(), "x", 1) != 1) return os_error("cannot write to a pty");
	return Nothing{};
}

}  // namespace asynclat::load
