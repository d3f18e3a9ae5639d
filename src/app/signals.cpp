#include "app/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <utility>

#include "base/result.h"

namespace asynclat {
namespace {

constexpr int64_t kSameSignalNs = 300'000'000;

int64_t mono_ns() {
	timespec t{};
	clock_gettime(CLOCK_MONOTONIC, &t);
	return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

// A handler has no other way to know.
int64_t end_asked_at_ns = 0;

void leave_at_once(int) {
	if (mono_ns() - end_asked_at_ns >= kSameSignalNs) _exit(static_cast<int>(Exit::interrupted));
}

// What was set to be ignored stays so: nohup, and a shell's background jobs.
bool inherited_ignored(int signal) {
	struct sigaction action {};
	sigaction(signal, nullptr, &action);
	return action.sa_handler == SIG_IGN;
}

sigset_t taken() {
	sigset_t set;
	sigemptyset(&set);
	for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1})
		if (!inherited_ignored(signal)) sigaddset(&set, signal);
	return set;
}

}  // namespace

Signals::Signals() {
	const sigset_t set = taken();
	sigprocmask(SIG_BLOCK, &set, nullptr);
	std::signal(SIGPIPE, SIG_IGN);
	fd_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

Signals::~Signals() { close(fd_); }

void Signals::drain() {
	for (signalfd_siginfo info{}; read(fd_, &info, sizeof(info)) == sizeof(info);) {
		if (info.ssi_signo == SIGUSR1) {
			report_asked_ = true;
			continue;
		}
		if (end_asked_) continue;
		end_asked_ = true;
		end_asked_at_ns = mono_ns();
		std::signal(SIGINT, leave_at_once);
		sigset_t interrupt;
		sigemptyset(&interrupt);
		sigaddset(&interrupt, SIGINT);
		sigprocmask(SIG_UNBLOCK, &interrupt, nullptr);
	}
}

bool Signals::take_report_asked() { return std::exchange(report_asked_, false); }

}  // namespace asynclat
