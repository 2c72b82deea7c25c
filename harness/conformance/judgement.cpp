#include "harness/conformance/judgement.h"

#include <algorithm>
#include <vector>

#include "results/statistics/statistics.h"

namespace assay::harness::conformance {

Ruling rule_at_least(std::span<const double> ratios, double least) {
  if (ratios.empty()) return Ruling::unclear;
  if (*std::max_element(ratios.begin(), ratios.end()) < least) return Ruling::broken;
  return results::statistics::median(ratios) >= least ? Ruling::holds : Ruling::unclear;
}

bool grows_steadily(std::span<const double> readings, double step) {
  if (readings.size() < 2) return false;
  return std::adjacent_find(readings.begin(), readings.end(), [&](double before, double after) {
           return !(after - before >= step);  // unknown readings are none
         }) == readings.end();
}

}  // namespace assay::harness::conformance
