// A fast look at the whole output: each row is a mean of rows of V, so it lies within their range.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/attention/rows.h"

namespace assay::kernels {

struct HullScan {
  std::vector<std::int64_t> rows;  ///< the first few rows at fault, ascending
  std::int64_t count = 0;          ///< of all rows at fault
};

/// Every row of O that holds a NaN, an infinity, or an element outside min_j v_j … max_j v_j over
/// the keys j it sees, beyond what rounding explains. With a window, up to 63 keys before it are
/// counted too; with sinks, whose value is 0, so is 0. O(b (hq sq + hkv skv) dv).
HullScan scan_hull(const AttentionShape& shape, const AttentionInputs& inputs, const std::byte* o,
                   std::size_t keep);

}  // namespace assay::kernels
