#include "harness/conformance/judgement.h"

#include <algorithm>
#include <vector>

#include "results/statistics/statistics.h"

namespace assay::harness::conformance {

Judgement judge_at_least(std::span<const double> ratios, double least) {
  if (ratios.empty()) return Judgement::unclear;
  if (*std::max_element(ratios.begin(), ratios.end()) < least) return Judgement::broken;
  return results::statistics::median(ratios) >= least ? Judgement::holds : Judgement::unclear;
}

bool grows_steadily(std::span<const double> readings, double step) {
  if (readings.size() < 2) return false;
  return std::adjacent_find(readings.begin(), readings.end(), [&](double before, double after) {
           return !(after - before >= step);  // false for unknown readings (NaN)
         }) == readings.end();
}

}  // namespace assay::harness::conformance
