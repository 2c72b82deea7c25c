// Records arranged by device and by what they measured.
#pragma once

#include <map>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <vector>

#include "results/fleet/fleet.h"

namespace assay::results::fleet {

/// What one Problem, implementation and mode took, device by device.
struct FleetColumn {
  std::string problem, implementation, mode;
  std::vector<const record::Record*> records;  ///< by device; null where there is none
};

struct FleetTable {
  std::string name;
  std::vector<FleetDevice> devices;  ///< by rack, host and slot
  std::vector<FleetColumn> columns;  ///< in the order of problems
};

/// One table a kind of device. Of several records of one device and column the newest counts.
std::vector<FleetTable> fleet_tables(std::span<const record::Record> records,
                                     const std::optional<std::regex>& rack);

}  // namespace assay::results::fleet
