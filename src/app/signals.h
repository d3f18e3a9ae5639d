// The signals that end, prompt or interrupt a run, as a descriptor to poll.
#pragma once

namespace asynclat {

// Blocks SIGINT, SIGTERM, SIGHUP and SIGUSR1 while it lives and takes them in order; ignores
// SIGPIPE. Once the end was asked for, a further SIGINT ends the process at once with status 130,
// unless it comes within 300 ms: `timeout` and terminals may deliver one signal twice.
class Signals {
public:
	Signals();
	~Signals();
	Signals(const Signals&) = delete;
	Signals& operator=(const Signals&) = delete;

	// Takes those of a terminal too, from now on: SIGWINCH, SIGTSTP (Ctrl-Z) and SIGCONT.
	void take_terminal();

	[[nodiscard]] int fd() const { return fd_; }
	// Takes what has arrived; does not wait.
	void drain();
	// SIGINT, SIGTERM or SIGHUP came.
	[[nodiscard]] bool end_asked() const { return end_asked_; }
	// Each: it came since the last call.
	bool take_report_asked();  // SIGUSR1
	bool take_resized();
	bool take_stop_asked();
	bool take_continued();

	// Stops as SIGTSTP would have; returns when the process goes on.
	void stop_process();

private:
	void take(int signal);
	void ask_end();

	int fd_;
	bool end_asked_ = false;
	bool report_asked_ = false, resized_ = false, stop_asked_ = false, continued_ = false;
};

}  // namespace asynclat
