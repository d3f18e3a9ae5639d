// A run as one HTML page with pictures, complete in itself: no script, nothing fetched. Readable on
// a phone, in light and dark; what a picture shows is also in the tooltips of its parts.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "export/time_columns.h"
#include "model/snapshot.h"

namespace asynclat {

class HtmlPage {
public:
	explicit HtmlPage(std::string host) : host_(std::move(host)) {}

	// All intervals of the run, in order: the pictures over time are made of them.
	void add(const Interval& interval);
	[[nodiscard]] std::string text(const Interval& total, const Description& description,
								   std::string_view reason) const;

private:
	std::string host_;
	std::map<al_mechanism, TimeColumns> over_time_;  // of the headline
};

}  // namespace asynclat
