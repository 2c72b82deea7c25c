// A fleet as text, JSON and CSV.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "results/fleet/fleet.h"

namespace assay::cli::fleet {

struct FleetStyle {
  std::size_t width = 80;
  bool colour = false;
  bool all = false;  ///< all findings, problems and hosts
};

std::string fleet_text(const results::fleet::Fleet& fleet, const FleetStyle& style);
nlohmann::ordered_json to_json(std::span<const results::fleet::Fleet> fleets);
/// One row per finding, with serial number, host, slot and records, as a vendor asks for them.
std::string fleet_csv(std::span<const results::fleet::Fleet> fleets);

}  // namespace assay::cli::fleet
