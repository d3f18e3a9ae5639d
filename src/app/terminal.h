// The terminal that a run is watched on: its size, its keys one by one, its alternate screen. It is
// given back as it was on every way out, also by a signal that ends the process.
#pragma once

#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "app/key_reader.h"
#include "view/frame.h"
#include "view/theme.h"

namespace asynclat {

struct Extent {
	int width = 80;
	int height = 24;
};

// What the terminal behind a descriptor has; where there is none, or it does not say, the default.
Extent extent_of(int fd);

// Can stdout be drawn on: a terminal, not a dumb one, with this process in its foreground?
bool can_draw();

// Gives back whatever a Terminal has taken. Safe in a signal handler.
void restore_terminal() noexcept;

// One at a time. What is to be written for a change comes back as text: only the loop writes.
class Terminal {
public:
	Terminal();
	~Terminal();
	Terminal(const Terminal&) = delete;
	Terminal& operator=(const Terminal&) = delete;

	// To poll for keys; -1: stdin is no terminal, or this process is not in its foreground.
	[[nodiscard]] int keys_fd() const { return takes_keys_ ? STDIN_FILENO : -1; }
	// What has been pressed; does not wait but for the rest of an escape sequence.
	std::vector<char32_t> read_keys();

	// Takes keys again after the process was stopped, where that is allowed.
	void take_keys();
	void give_back_keys();

	[[nodiscard]] bool on_screen() const;
	// To and from the alternate screen; nothing where it is there already.
	std::string enter_screen();
	std::string leave_screen();
	// The rows from the top, over what was there; as one update where the terminal can.
	[[nodiscard]] std::string drawn(const Frame& frame, const Theme& theme) const;

private:
	bool takes_keys_ = false;
	KeyReader reader_;
};

}  // namespace asynclat
