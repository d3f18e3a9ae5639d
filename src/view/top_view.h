// Who waited: a table by function, workqueue, pool, worker or class.
#pragma once

#include "view/scale.h"
#include "view/scene.h"

namespace asynclat {

size_t top_rows(const Scene& scene);

// Largest first by the column that is sorted by, `other` after all named ones. Rows that find no
// room are one row together. Columns go where there is no room for them, name and p99 last.
Frame top_view(const Scene& scene, Scale& scale);

}  // namespace asynclat
