// What a comparison comes to, in a few sentences: every view begins with them.
#pragma once

#include <string>
#include <vector>

#include "results/compare/compare.h"

namespace assay::results::compare {

struct Conclusion {
  /// "Bolt against Acme: 0.93× as fast [0.86, 1.01], no difference shown; 2.3× per dollar [2.1,
  /// 2.5]"
  std::string headline;
  /// How many problems are faster, slower, not judged and why; what was not compared; what would
  /// judge it.
  std::vector<std::string> details;
  statistics::Difference difference = statistics::Difference::not_judged;
};
Conclusion conclusion_of(const CompareTable& table, const SideComparison& comparison);

}  // namespace assay::results::compare
