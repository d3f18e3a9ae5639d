// Pairwise covering: few rows in which every two values of any two factors meet.
#pragma once

#include <cstddef>
#include <vector>

namespace asynclat {

// `levels`: how many values each factor has. A row holds a value of each factor. Deterministic.
std::vector<std::vector<size_t>> covering_rows(const std::vector<size_t>& levels);

}  // namespace asynclat
