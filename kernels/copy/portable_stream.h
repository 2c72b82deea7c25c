// What the portable copy and triad share: how vectors are distributed over groups.
#pragma once

#include "kernels/portable.h"

namespace assay::kernels {

inline constexpr std::int64_t kStreamVectorBytes = 16;

/// GROUP_ITEMS, STEPS (vectors per work-item) and UNROLL (vectors held at once).
std::vector<PortableParameters> stream_candidates(const Problem& problem,
                                                  const PortableTarget& target);

/// Groups that cover `bytes` of each array.
std::int64_t stream_groups(std::int64_t bytes, const PortableParameters& parameters);

}  // namespace assay::kernels
