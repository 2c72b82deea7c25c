// Compares projections with published figures of the same cases, to show how accurate the model is.
#pragma once

#include <string>
#include <vector>

#include "results/project/projection.h"

namespace assay::results::project {

struct ValidationRow {
  std::string claim, statement, kind;  ///< kind: "exchange", "collective", "serving"
  std::string system;
  bool fitted = false;   ///< used for fitting an assumption; otherwise it is held out
  double published = 0;  ///< in the claim's unit
  std::string unit;
  Projected projected;  ///< in the same unit
  std::string note;

  bool inside() const {
    return published >= projected.interval.lower && published <= projected.interval.upper;
  }
  /// projected / published - 1.
  double error() const { return projected.value / published - 1; }
};

struct Validation {
  std::vector<ValidationRow> rows;
  /// Over the held-out rows, or over those of one kind: the median of |error|, their number, and
  /// how many lie inside their intervals.
  double held_out_error(const std::string& kind = "") const;
  std::size_t held_out(const std::string& kind = "") const;
  std::size_t held_out_inside(const std::string& kind = "") const;
};

/// Projects every row of results/project/data/validation.toml.
Validation validate(const claims::Catalogue& catalogue, std::uint64_t seed = 1, int draws = 2000);

}  // namespace assay::results::project
