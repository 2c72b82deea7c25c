// Projections as evidence about claims, which decides nothing.
#pragma once

#include <optional>
#include <string>

#include "results/claims/catalogue.h"
#include "results/project/projection.h"

namespace assay::results::project {

struct ClaimProjection {
  Projected projected;  ///< in the claim's unit
  std::string what;     ///< what is projected: "a large matmul on all chips at once"
  /// Whether the claimed value, with its tolerance, lies within the interval; for "at least" and
  /// "at most" only one end of the interval counts.
  bool consistent = false;
  /// The claim is about a peak, but the projection is a rate that work reaches.
  bool of_peak = false;
};

/// Absent if no case projects the claim or if the catalogue lacks a figure.
std::optional<ClaimProjection> projection_of(const claims::Catalogue& catalogue,
                                             const claims::Claim& claim);

/// A sentence with the numbers, marked as projected.
std::string projection_text(const claims::Claim& claim, const ClaimProjection& projection);

/// A claims::Projector: the sentence about projection_of(), absent if there is no projection.
std::optional<std::string> projected_evidence(const claims::Catalogue& catalogue,
                                              const claims::Claim& claim);

}  // namespace assay::results::project
