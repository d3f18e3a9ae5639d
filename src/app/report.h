// What a run prints, as values: a text for people, or JSON lines. The event loop writes them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/options.h"
#include "model/snapshot.h"

namespace asynclat {

class Report {
public:
	virtual ~Report() = default;
	virtual std::string start(const Description& description) = 0;
	virtual std::string interval(const Interval& interval, const Description& description) = 0;
	// `last` is the interval that ends now, `total` the whole run; `reason` says why it ends.
	virtual std::string end(const Interval& last, const Interval& total,
							const Description& description, std::string_view reason) = 0;
};

std::unique_ptr<Report> make_report(const Options& options, int width);

}  // namespace asynclat
