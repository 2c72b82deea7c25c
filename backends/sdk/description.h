// Descriptions of a module and its devices, as structs that own their texts.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "backends/assay_backend.h"
#include "backends/sdk/properties.h"

namespace assay::sdk {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// What was looked for and what was found.
struct Findings {
  std::uint32_t devices = 0;
  std::string summary;  ///< one line; says what is missing where there is no device
  std::string hint;     ///< what would enable the devices; empty where nothing is missing
  Pairs details;        ///< paths, symbols, versions tried
};

/// A device as assay_device_info has it.
struct DeviceDescription {
  std::string name, vendor, kind, unique_id, bus_id, driver, types;
  std::uint64_t memory_bytes = 0, cache_bytes = 0;
  std::uint32_t compute_units = 0;
  double clock_hz = 0;
  Pairs properties;
  bool modelled = false;  ///< pretended: nothing runs on it
};

/// A device as it was published, in SI base units.
struct Published {
  std::string id, name, vendor, kind;
  std::map<std::string, double> figures;  ///< "memory.bandwidth": B/s
};

/// One way to solve a problem.
struct Offer {
  std::string name, division;
  std::string reason;  ///< why it cannot solve the problem; empty where it can
};

/// Sensors' readings: the figures of assay_sensors, NaN where the device does not report them.
struct Readings : assay_sensors {
  Readings() : assay_sensors ASSAY_SENSORS_ABSENT {}
  bool throttle_known = false;  ///< false where the device does not report the reasons below
  std::string throttle;
};

}  // namespace assay::sdk
