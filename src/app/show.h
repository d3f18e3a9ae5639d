// How a run comes to stdout: watched where that can be drawn on, as text or JSON lines elsewhere.
#pragma once

#include <memory>

#include "app/console.h"
#include "app/report.h"
#include "app/signals.h"
#include "view/viewer.h"

namespace asynclat {

class Show {
public:
	// What is watched takes the signals of the terminal too.
	Show(const Options& options, Signals& signals, Viewer::Pause pause, bool at_once = false);

	[[nodiscard]] Report& report() const { return *report_; }
	[[nodiscard]] Console& console() const { return *console_; }

private:
	std::shared_ptr<Report> report_;
	std::shared_ptr<Console> console_;
};

}  // namespace asynclat
