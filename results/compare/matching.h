// Finds records of two sides that solve the same problem under the same conditions.
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

/// The newest record of each device, problem, mode, implementation and origin, which are the ones
/// that a comparison uses.
std::vector<const record::Record*> newest(std::span<const record::Record> records);

/// Pairs records on partner devices that are equal in problem, division, mode, origin and operands.
/// All others are left out, with the reason. The result points into both spans.
Matches match(std::span<const record::Record> baseline, std::span<const record::Record> other,
              const CompareOptions& options);

}  // namespace assay::results::compare
