// An item as a JSON object, for those who put it into something else than an item line.
#pragma once

#include <nlohmann/json.hpp>

#include "model/item.h"

namespace asynclat {

nlohmann::ordered_json item_json(const Item& item);

}  // namespace asynclat
