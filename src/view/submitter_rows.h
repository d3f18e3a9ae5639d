// Who queued an item, and from where, to stand below its row.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/submitter.h"
#include "view/frame.h"

namespace asynclat {

// No row where that is not known.
Frame submitter_rows(const std::optional<Submitter>& submitter,
					 const std::vector<std::string>& stack, int width);

// A row a frame, innermost first.
Frame stack_rows(const std::vector<std::string>& stack, int width);

}  // namespace asynclat
