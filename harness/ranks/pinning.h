// Pins a rank to the cores that are near its device.
#pragma once

#include <string>

#include "harness/ranks/place.h"
#include "results/record/record.h"

namespace assay::harness::ranks {

/// Binds this process, and the workers that it will start, to its share of the allowed cores. The
/// cores of the device's NUMA node (found by its PCI address), or all cores if it has none, are
/// divided evenly among the host's ranks; if there are fewer cores than ranks, ranks share cores. A
/// binding by the launcher is not changed. Returns the cores as "0-3", or why nothing was bound,
/// for the record.
std::string pin(const Place& place, const results::record::DeviceIdentity& device);

}  // namespace assay::harness::ranks
