// Keeps a rank to the cores that are near its device.
#pragma once

#include <string>

#include "harness/ranks/place.h"
#include "results/record/record.h"

namespace assay::harness::ranks {

/// Binds this process, and the workers that it will start, to its share of the cores it may use:
/// of those in the device's NUMA node (by its PCI address) where it has one, else of all, divided
/// evenly among the host's ranks; several ranks share a core where there are fewer cores than
/// ranks. Leaves alone what a launcher has bound already. Returns the cores as "0-3", or why
/// nothing was bound, for the record.
std::string pin(const Place& place, const results::record::DeviceIdentity& device);

}  // namespace assay::harness::ranks
