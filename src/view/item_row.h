// Items that waited long, a row each.
#pragma once

#include "model/item.h"
#include "model/snapshot.h"
#include "view/frame.h"

namespace asynclat {

// What the columns of a row are.
Frame item_heading(int width);

// When it started, how long it waited, which stage had the largest share, where, and what it was.
// Columns go where there is no room for them, the function last.
Frame item_row(const Item& item, const Description& description, int width);

// What ran meanwhile, to stand below its item; no row where that is not known.
Frame blocker_rows(const Item& item, int width);

}  // namespace asynclat
