// What a device may have too much of.
#pragma once

#include <span>
#include <string>

#include "results/fleet/fleet.h"

namespace assay::results::fleet {

/// Something of which too much is a fault, looked at in every column and perhaps over all.
struct Trait {
  FleetFault fault;
  /// NaN where the record does not tell it.
  double (*value)(const record::Record&);
  double (*uncertainty)(const record::Record&);
  double (*threshold)(const FleetOptions&);  ///< least excess over the middle
  std::string (*text)(double excess, double value, double middle);
};

/// The first is slowness.
std::span<const Trait> traits();

}  // namespace assay::results::fleet
