// In what the measurements of two sides are unlike, each thing said once and counted.
#pragma once

#include <string>
#include <vector>

#include "results/compare/compare.h"

namespace assay::results::compare {

/// One thing in which measurements are unlike.
struct UnlikeKind {
  std::string text;          ///< "threads: Acme 1, Bolt 2"; "threads within Acme: 1 and 2"
  std::size_t problems = 0;  ///< number of problems and modes that it concerns
};

/// Of the rows of `best`, the most frequent one first.
std::vector<UnlikeKind> unlike_kinds(const CompareTable& table, const SideComparison& comparison);

/// Of what was left out on both sides: each problem of one side beside the same problem of the
/// other, by the same implementation if there is one. The most frequent one first.
std::vector<UnlikeKind> unlike_kinds_left_out(const CompareTable& table,
                                              const SideComparison& comparison);

}  // namespace assay::results::compare
