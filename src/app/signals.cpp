#include "app/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <span>
#include <utility>

#include "app/terminal.h"
#include "base/clock.h"
#include "base/result.h"

namespace asynclat {
namespace {

constexpr uint64_t kSameSignalNs = 300'000'000;

// A handler has no other way to know.
uint64_t end_asked_at_ns = 0;

void leave_at_once(int) {
	if (mono_ns() - end_asked_at_ns < kSameSignalNs) return;
	restore_terminal();
	_exit(static_cast<int>(Exit::interrupted));
}

// What was set to be ignored stays so: nohup, and a shell's background jobs.
bool inherited_ignored(int signal) {
	struct sigaction action {};
	sigaction(signal, nullptr, &action);
	return action.sa_handler == SIG_IGN;
}

constexpr int kOfTheRun[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
constexpr int kOfTheTerminal[] = {SIGWINCH, SIGTSTP, SIGCONT};

void add(sigset_t& set, std::span<const int> signals) {
	for (const int signal : signals)
		if (!inherited_ignored(signal)) sigaddset(&set, signal);
}

sigset_t only(int signal) {
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, signal);
	return set;
}

}  // namespace

Signals::Signals() {
	sigset_t set;
	sigemptyset(&set);
	add(set, kOfTheRun);
	sigprocmask(SIG_BLOCK, &set, nullptr);
	std::signal(SIGPIPE, SIG_IGN);
	fd_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

Signals::~Signals() { close(fd_); }

void Signals::take_terminal() {
	sigset_t set;
	sigemptyset(&set);
	add(set, kOfTheRun);
	add(set, kOfTheTerminal);
	sigprocmask(SIG_BLOCK, &set, nullptr);
	signalfd(fd_, &set, 0);
}

void Signals::drain() {
	for (signalfd_siginfo info{}; read(fd_, &info, sizeof(info)) == sizeof(info);)
		take(static_cast<int>(info.ssi_signo));
}

void Signals::take(int signal) {
	switch (signal) {
		case SIGUSR1:
			report_asked_ = true;
			break;
		case SIGWINCH:
			resized_ = true;
			break;
		case SIGTSTP:
			stop_asked_ = true;
			break;
		case SIGCONT:
			continued_ = true;
			break;
		default:
			ask_end();
	}
}

void Signals::ask_end() {
	if (end_asked_) return;
	end_asked_ = true;
	end_asked_at_ns = mono_ns();
	std::signal(SIGINT, leave_at_once);
	const sigset_t interrupt = only(SIGINT);
	sigprocmask(SIG_UNBLOCK, &interrupt, nullptr);
}

bool Signals::take_report_asked() { return std::exchange(report_asked_, false); }
bool Signals::take_resized() { return std::exchange(resized_, false); }
bool Signals::take_stop_asked() { return std::exchange(stop_asked_, false); }
bool Signals::take_continued() { return std::exchange(continued_, false); }

void Signals::stop_process() {
	const sigset_t stop = only(SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, nullptr);  // stops here
	sigprocmask(SIG_BLOCK, &stop, nullptr);
	drain();
	continued_ = false;  // that is why it goes on
}

}  // namespace asynclat
