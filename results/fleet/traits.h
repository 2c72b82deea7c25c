// Properties of devices whose values can be too high.
#pragma once

#include <span>
#include <string>

#include "results/fleet/fleet.h"

namespace assay::results::fleet {

/// A property for which a high value is a fault; tested in every column, slowness also over all.
struct Trait {
  FleetFault fault;
  /// NaN if the record does not have it.
  double (*value)(const record::Record&);
  double (*uncertainty)(const record::Record&);
  double (*threshold)(const FleetOptions&);  ///< smallest excess over the median that is a fault
  std::string (*text)(double excess, double value, double middle);
};

/// All traits; the first is slowness.
std::span<const Trait> traits();

}  // namespace assay::results::fleet
