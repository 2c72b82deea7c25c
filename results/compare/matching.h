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

/// The records of each device, problem, mode, implementation and origin: the newest of each process
/// (run and repetition), the oldest process first.
std::vector<std::vector<const record::Record*>> repetitions(
    std::span<const record::Record> records);

/// Whether the best implementation of each division is compared, or the best one of all of them.
enum class Divisions { apart, together };

/// Pairs records on partner devices that are equal in problem, division (if they are `apart`),
/// mode, origin and operands. All others are left out, with the reason. The result points into both
/// spans.
Matches match(std::span<const record::Record> baseline, std::span<const record::Record> other,
              const CompareOptions& options, Divisions divisions);

}  // namespace assay::results::compare
