#include "app/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "view/paint.h"

namespace asynclat {
namespace {

constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";
// Begins with the end of an update that a signal may have come into.
constexpr std::string_view kLeave = "\x1b[?2026l\x1b[0m\x1b[?25h\x1b[?1049l";
constexpr std::string_view kBeginUpdate = "\x1b[?2026h\x1b[H";
constexpr std::string_view kEndUpdate = "\x1b[J\x1b[?2026l";
constexpr std::string_view kRestOfRow = "\x1b[K";
constexpr int kSequenceMs = 30;  // within which an escape sequence comes whole
constexpr int kFatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT};

// A handler has no other way to know.
termios saved;
volatile std::sig_atomic_t keys_taken = 0, screen_taken = 0;

void restore_and_die(int signal) {
	restore_terminal();
	// The handler was for once: this ends the process as it would have ended.
	raise(signal);
}

void handle_fatal(void (*handler)(int)) {
	struct sigaction action {};
	action.sa_handler = handler;
	action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
	for (const int signal : kFatal) sigaction(signal, &action, nullptr);
}

bool in_foreground(int fd) { return isatty(fd) && tcgetpgrp(fd) == getpgrp(); }

}  // namespace

Extent extent_of(int fd) {
	Extent extent;
	winsize size{};
	if (ioctl(fd, TIOCGWINSZ, &size)) return extent;
	if (size.ws_col) extent.width = size.ws_col;
	if (size.ws_row) extent.height = size.ws_row;
	return extent;
}

bool can_draw() {
	const char* term = std::getenv("TERM");
	return term && *term && std::string_view(term) != "dumb" && in_foreground(STDOUT_FILENO);
}

void restore_terminal() noexcept {
	if (screen_taken) {
		screen_taken = 0;
		const ssize_t written = write(STDOUT_FILENO, kLeave.data(), kLeave.size());
		static_cast<void>(written);  // a terminal that is gone needs nothing
	}
	if (keys_taken) {
		keys_taken = 0;
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	}
}

Terminal::Terminal() {
	handle_fatal(restore_and_die);
	take_keys();
}

Terminal::~Terminal() {
	restore_terminal();
	handle_fatal(SIG_DFL);
}

void Terminal::take_keys() {
	takes_keys_ = false;
	if (!in_foreground(STDIN_FILENO)) return;
	if (!keys_taken && tcgetattr(STDIN_FILENO, &saved)) return;
	termios now = saved;
	now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
	now.c_cc[VMIN] = 0;
	now.c_cc[VTIME] = 0;
	keys_taken = 1;
	takes_keys_ = tcsetattr(STDIN_FILENO, TCSANOW, &now) == 0;
}

void Terminal::give_back_keys() {
	if (keys_taken) tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	keys_taken = 0;
	takes_keys_ = false;
}

std::vector<char32_t> Terminal::read_keys() {
	std::vector<char32_t> keys;
	char bytes[256];
	for (;;) {
		const ssize_t count = read(STDIN_FILENO, bytes, sizeof(bytes));
		if (count > 0)
			for (const char32_t pressed : reader_.feed({bytes, static_cast<size_t>(count)}))
				keys.push_back(pressed);
		pollfd more{STDIN_FILENO, POLLIN, 0};
		if (count > 0 && reader_.waits() && poll(&more, 1, kSequenceMs) > 0) continue;
		for (const char32_t pressed : reader_.flush()) keys.push_back(pressed);
		// Nothing to read, though poll() said so: the terminal is gone.
		if (count <= 0) takes_keys_ = false;
		return keys;
	}
}

bool Terminal::on_screen() const { return screen_taken != 0; }

std::string Terminal::enter_screen() {
	if (screen_taken) return "";
	screen_taken = 1;
	return std::string(kEnter);
}

std::string Terminal::leave_screen() {
	if (!screen_taken) return "";
	screen_taken = 0;
	return std::string(kLeave);
}

std::string Terminal::drawn(const Frame& frame, const Theme& theme) const {
	std::string text(kBeginUpdate);
	for (size_t i = 0; i < frame.rows().size(); i++) {
		const Row& row = frame.rows()[i];
		if (i) text += "\r\n";
		text += painted(row, theme);
		// Behind a full row the cursor still stands on its last character.
		if (painted_width(row) < frame.width()) text += kRestOfRow;
	}
	return text + std::string(kEndUpdate);
}

}  // namespace asynclat
