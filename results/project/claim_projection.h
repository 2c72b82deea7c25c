// What projections say of claims: evidence that decides nothing.
#pragma once

#include <optional>
#include <string>

#include "results/claims/catalogue.h"
#include "results/project/projection.h"

namespace assay::results::project {

struct ClaimProjection {
  Projected projected;  ///< in the claim's unit
  std::string what;     ///< of what it is: "a large matmul on all chips at once"
  /// The claim's value lies within the interval, give or take its tolerance; for "at least" the
  /// interval reaches it.
  bool consistent = false;
  /// The claim is of a peak, the projection of what work reaches: they differ in kind.
  bool of_peak = false;
};

/// None where no case projects the claim, or where the catalogue lacks what that needs.
std::optional<ClaimProjection> projection_of(const claims::Catalogue& catalogue,
                                             const claims::Claim& claim);

/// In a sentence with its numbers, marked as projected.
std::string projection_text(const claims::Claim& claim, const ClaimProjection& projection);

/// The same as judge() takes it: the sentence of projection_of(), none where there is no
/// projection.
std::optional<std::string> projected_evidence(const claims::Catalogue& catalogue,
                                              const claims::Claim& claim);

}  // namespace assay::results::project
