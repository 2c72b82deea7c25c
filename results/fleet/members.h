// Records arranged in a table by device and problem.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/fleet/fleet.h"
#include "results/record/pattern.h"

namespace assay::results::fleet {

/// The records of one problem, implementation and mode, device by device.
struct FleetColumn {
  std::string problem, implementation;
  record::Mode mode = record::Mode::cold;
  std::vector<const record::Record*> records;  ///< by device; null if there is none
};

struct FleetTable {
  std::string name;
  std::vector<FleetDevice> devices;  ///< by rack, host and slot
  std::vector<FleetColumn> columns;  ///< in the order of problems
};

/// One table per kind of device. If a device has several records for one column, the newest counts.
std::vector<FleetTable> fleet_tables(std::span<const record::Record> records,
                                     const std::optional<record::Pattern>& rack);

}  // namespace assay::results::fleet
