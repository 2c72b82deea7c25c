// Judges pairs of measurements, and takes their means.
#pragma once

#include <optional>
#include <vector>

#include "results/compare/compare.h"
#include "results/compare/matching.h"

namespace assay::results::compare {

/// The two sides of a comparison and how their rows are judged.
struct Contest {
  const Side& baseline;
  const Side& other;
  Labels labels;
  bool doubtful = false;  ///< CompareOptions::doubtful
};

ComparedProblem compared(const Partners& partners, const Contest& contest);

/// By operation, then over all.
std::vector<Mean> means_of(const ComparedGroup& group, const Contest& contest);
/// Over the rows that are judged; absent if these are all of them or none.
std::optional<Mean> mean_of_judged(const ComparedGroup& group, const Contest& contest);

}  // namespace assay::results::compare
