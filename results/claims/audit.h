// Arithmetic between published figures: what contradicts what, without any hardware.
#pragma once

#include <string>
#include <vector>

#include "results/claims/catalogue.h"

namespace assay::results {

/// A relation evaluated.
struct Finding {
  std::string relation;   ///< id
  std::string statement;  ///< as the catalogue has it
  bool holds = true;
  double left = 0, right = 0;  ///< in base units
  double difference = 0;       ///< left / right - 1
  /// "384 × 752 TFLOP/s = 288.8 PFLOP/s against 300 PFLOP/s: 3.7% below"
  std::string arithmetic;
  std::string reconcile;            ///< what would make both true; empty where it holds
  std::vector<std::string> claims;  ///< ids that it speaks to
  /// Figures used whose source was not re-read: "ascend910c:power.die".
  std::vector<std::string> unverified;
};

/// Every relation of the catalogue, in its order. An equality holds within its tolerance, an
/// inequality when it is met or missed by no more than the tolerance.
std::vector<Finding> audit(const Catalogue& catalogue);

}  // namespace assay::results
