// Power, energy, clocks and temperature through the vendor's management library.
#pragma once

#include <memory>
#include <string>

#include "backends/cudalike/platform.h"

namespace assay::backends::cudalike {

class Sensors {
 public:
  virtual ~Sensors() = default;
  virtual sdk::Readings read() = 0;
  /// Properties of the device that only this library reports: ECC, MIG, power limit, serial number.
  virtual sdk::Pairs properties() { return {}; }
};

/// By the dialect's kind of library; null where there is none. `details` gets what was tried.
std::unique_ptr<Sensors> open_sensors(const std::string& bus_id, sdk::Pairs& details);

std::unique_ptr<Sensors> open_nvml(const Library& library, const std::string& bus_id,
                                   sdk::Pairs& details);
std::unique_ptr<Sensors> open_rocm_smi(const Library& library, const std::string& bus_id,
                                       sdk::Pairs& details);
std::unique_ptr<Sensors> open_mtml(const Library& library, const std::string& bus_id,
                                   sdk::Pairs& details);
std::unique_ptr<Sensors> open_mxsml(const Library& library, const std::string& bus_id,
                                    sdk::Pairs& details);

}  // namespace assay::backends::cudalike
