// Which records of two sides are of one problem, in like conditions.
#pragma once

#include <span>
#include <vector>

#include "results/compare/compare.h"

namespace assay::results::compare {

struct Partners {
  Contender baseline, other;
};

struct Matches {
  std::vector<Partners> partners;
  std::vector<LeftOut> left_out;
};

/// Pairs what is equal in problem, division, mode, origin and operands, on devices that are
/// partners; all else is left out, with its reason. Points into both spans.
Matches match(std::span<const record::Record> baseline, std::span<const record::Record> other,
              const CompareOptions& options);

}  // namespace assay::results::compare
