// A fleet as one HTML page: findings, a map by rack, host and slot, and the rate of synchronous
// work.
#pragma once

#include <span>
#include <string>

#include "results/fleet/fleet.h"

namespace assay::results::fleet {

struct FleetPage {
  std::string title;  ///< "Fleet, run 1234abcd of 25 November 2026"
  std::string assay_version;
};

std::string fleet_html(std::span<const Fleet> fleets, const FleetPage& page);

}  // namespace assay::results::fleet
