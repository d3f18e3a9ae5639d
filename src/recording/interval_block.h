// What came in one interval, as a block of a recording, and back.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/snapshot.h"
#include "recording/catalog_names.h"

namespace asynclat::recording {

// Where the last block left off; writer and reader go through the same.
struct Clocks {
	uint64_t mono_ns = 0;
	uint64_t wall_ns = 0;
	uint64_t rss_bytes = 0;
};

class IntervalWriter {
public:
	explicit IntervalWriter(const Description& description);
	std::string body(const Interval& interval);

private:
	class Body;

	std::vector<uint32_t> cpus_;
	Clocks last_;
	std::map<std::string, uint64_t, std::less<>> numbers_{{"", 0}};
	// Groups that were written once: from then on only where something came.
	std::set<std::tuple<al_mechanism, al_group_kind, std::string>> groups_;
};

class IntervalReader {
public:
	IntervalReader(const Description& description, CatalogNames names);
	Result<Interval> read(std::string_view body);

private:
	class Body;

	std::vector<uint32_t> cpus_;
	CatalogNames catalog_;
	Clocks last_;
	std::vector<std::string> names_{""};
};

}  // namespace asynclat::recording
