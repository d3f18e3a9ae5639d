// What a run prints, as values: a text for people, or JSON lines. The event loop writes them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/options.h"
#include "app/terminal.h"
#include "model/item.h"
#include "model/run.h"
#include "model/snapshot.h"
#include "view/books_view.h"
#include "view/scene.h"
#include "view/theme.h"

namespace asynclat {

// What --dump wrote was read while the run went on.
inline constexpr std::string_view kDumped = "dump";
inline ReadWhen reading_of(std::string_view reason) {
	return reason == kDumped ? ReadWhen::while_it_ran : ReadWhen::at_rest;
}

class Report {
public:
	virtual ~Report() = default;
	virtual std::string start(const Description& description) = 0;
	virtual std::string interval(const Interval& interval, const Description& description) = 0;
	// Items that waited for --min or longer, as they come.
	virtual std::string items(const std::vector<Item>& /*items*/,
							  const Description& /*description*/) {
		return "";
	}
	// Runs, where they are told of.
	virtual std::string runs(const std::vector<Run>& /*runs*/) { return ""; }
	// `last` is the interval that ends now, of no length where all were reported, `total` the whole
	// run; `reason` says why it ends.
	virtual std::string end(const Interval& last, const Interval& total,
							const Description& description, std::string_view reason) = 0;
};

// What a view in text may fill on stdout: its terminal, less a row for the prompt. A histogram is
// never wider than it needs to be.
Extent text_extent(const Options& options);
ViewOptions view_options(const Options& options, Extent extent);

// A text for people, or JSON lines.
std::unique_ptr<Report> make_report(const Options& options, Extent extent, Theme theme);
// The page of --html: all of it comes at the end.
std::unique_ptr<Report> make_page_report(std::string host);

}  // namespace asynclat
