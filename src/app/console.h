// The person's side of a run that is watched on a terminal: keys, the terminal's size, and that the
// process is stopped and goes on.
#pragma once

#include <cstdint>
#include <string>

#include "app/outlet.h"
#include "app/signals.h"
#include "base/result.h"

namespace asynclat {

// What it gives back is to be written; only the loops write.
class Console {
public:
	virtual ~Console() = default;
	// To poll; -1: no keys come.
	[[nodiscard]] virtual int keys_fd() const = 0;
	// Takes what was pressed.
	virtual std::string pressed() = 0;
	// The terminal has another size.
	virtual std::string resized() = 0;
	// Before the process stops, and when it goes on: perhaps elsewhere, after whatever was there.
	virtual std::string leave() = 0;
	virtual std::string come_back() = 0;
	// A word for the person; where there is a picture on the terminal, into that.
	virtual std::string note(const std::string& text) = 0;

	// There is a picture on the terminal, which goes at the end.
	[[nodiscard]] virtual bool has_picture() const = 0;
	// Nothing more comes: the last picture.
	virtual std::string last_picture() = 0;
	[[nodiscard]] virtual bool quit_asked() const = 0;
	[[nodiscard]] virtual bool paused() const = 0;
	// The key for one more interval came while paused: once for each time.
	virtual bool take_step() = 0;
};

// For a run that nobody watches.
class NoConsole : public Console {
public:
	[[nodiscard]] int keys_fd() const override { return -1; }
	std::string pressed() override { return ""; }
	std::string resized() override { return ""; }
	std::string leave() override { return ""; }
	std::string come_back() override { return ""; }
	std::string note(const std::string& text) override;  // to stderr
	[[nodiscard]] bool has_picture() const override { return false; }
	std::string last_picture() override { return ""; }
	[[nodiscard]] bool quit_asked() const override { return false; }
	[[nodiscard]] bool paused() const override { return false; }
	bool take_step() override { return false; }
};

// Waits until a signal, a key, the end of the outlet's reader or the deadline of CLOCK_MONOTONIC,
// and does what keys and the terminal's signals ask for.
Status attend(Console& console, Outlet& outlet, Signals& signals, uint64_t deadline_ns);

}  // namespace asynclat
