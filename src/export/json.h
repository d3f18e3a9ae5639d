// JSON, schema 1 (docs/schema/asynclat-1.schema.json): one object, one line, without the newline.
// Times are integer nanoseconds; what is not known is absent, never zero. Output is pure ASCII:
// names from outside are escaped, bytes that are no UTF-8 replaced.
#pragma once

#include <string>
#include <string_view>

#include "model/item.h"
#include "model/snapshot.h"

namespace asynclat {

std::string json_start(const Description& description);
std::string json_interval(const Interval& interval, const Description& description);
// `total` covers the whole run, `reason` is a word for why it ended: "count", "signal".
std::string json_end(const Interval& total, const Description& description,
					 std::string_view reason);

// An item line.
std::string json_item(const Item& item);

}  // namespace asynclat
