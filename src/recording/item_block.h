// Items and runs, as a block of a recording, and back. Such a block is complete in itself: its
// names are its own.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/item.h"
#include "model/run.h"
#include "recording/catalog_names.h"

namespace asynclat::recording {

// Not more of either than kMostItems.
std::string items_body(std::span<const Item> items, std::span<const Run> runs);

// What was read since somebody took it.
struct ItemsRead {
	std::vector<Item> items;
	std::vector<Run> runs;
	size_t text_bytes = 0;
};

// Adds what is in a block. What this build does not know is left out.
Status read_items(std::string_view body, CatalogNames& catalog, ItemsRead& read);

}  // namespace asynclat::recording
