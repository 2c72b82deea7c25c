// How experts on the ranks of a tensor group are combined: decided by published figures.
#pragma once

#include <cstddef>
#include <string>

#include "results/claims/catalogue.h"
#include "results/project/deployment.h"

namespace assay::results::project {

/// Fitted rows of validation.toml whose experts are on the ranks of one tensor group, projected in
/// both ways.
struct CombinationFit {
  std::size_t figures = 0;
  double reduction_error = 0, exchange_error = 0;  ///< medians of |projected / published - 1|
  /// Medians of the published speed divided by the projected one.
  double reduction_speed = 1, exchange_speed = 1;

  Combination best() const {
    return reduction_error <= exchange_error ? Combination::reduction : Combination::exchange;
  }
  /// A sentence that says why `chosen` was chosen.
  std::string reason(Combination chosen) const;
};

/// Rows whose claim the catalogue does not have are left out.
CombinationFit fitted_combination(const claims::Catalogue& catalogue);

}  // namespace assay::results::project
