// Sensors that the kernel's driver of a GPU shows as files, found by the device's PCI address:
// Linux, "Naming and data format standards for sysfs files" (hwmon), and amdgpu, "GPU Power/Thermal
// Controls and Monitoring". They are there where rocm_smi has no call, as for the power of an
// MI300.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "backends/sdk/description.h"

namespace assay::backends::cudalike {

class Hwmon {
 public:
  /// nullopt where the device has no such folder.
  static std::optional<Hwmon> of(const std::string& bus_id);

  /// Replaces what the files tell: power, clocks, and the temperature of the junction, which is the
  /// one that limits the clock.
  void read(sdk::Readings& all) const;
  std::optional<double> power_limit_watts() const;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  explicit Hwmon(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::optional<double> number(const std::string& file) const;
  /// Of the input of this kind ("temp") whose label is `label`.
  std::optional<double> labelled(std::string_view kind, std::string_view label) const;

  std::filesystem::path folder_;
};

}  // namespace assay::backends::cudalike
