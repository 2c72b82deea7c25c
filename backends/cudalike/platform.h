// One vendor's runtime in this process: which libraries were found, which vendor's they are, what
// they offer.
#pragma once

#include <memory>
#include <string>

#include "backends/cudalike/api.h"
#include "backends/sdk/description.h"

namespace assay::backends::cudalike {

class Platform {
 public:
  /// Looks for the dialect's libraries and devices. Never throws for what is missing: findings()
  /// says it.
  explicit Platform(const Dialect& dialect);

  const Dialect& dialect() const { return *dialect_; }
  const sdk::Findings& findings() const { return findings_; }
  const RuntimeApi& runtime() const { return runtime_; }
  const DriverApi& driver() const { return driver_; }
  const std::string& runtime_path() const { return runtime_library_.path; }
  /// Who made the devices: the dialect's vendor, or "CUDA of an unknown maker".
  const std::string& maker() const { return maker_; }
  /// "driver 13.0, runtime 13.0"
  const std::string& versions() const { return versions_; }

  /// Opens a library in addition to the runtime; writes what was tried to `details`.
  Library beside(const Texts& names, const std::string& role, sdk::Pairs& details) const;

  /// A device's number in the driver's calls; -1, which they refuse, where the driver has none.
  int driver_device(int index) const;
  /// Value of an attribute; `fallback` where the vendor has none or the call fails.
  std::int64_t attribute(int number, int index, std::int64_t fallback) const;

 private:
  /// Opens and binds the first runtime that fits the driver. Returns false if there is none.
  bool find_runtime(const Texts& files);
  void no_runtime();
  /// What the runtime answers when it is asked for devices.
  int device_status();
  bool try_runtime(const struct Place& place);
  /// The vendor's names of today, or those of older releases where the runtime has only these.
  void choose_names();
  bool bind_runtime();
  void bind_driver();
  void count_devices();
  void read_versions();
  void absent(std::string summary, std::string hint);

  const Dialect& asked_;    ///< the module's
  const Dialect* dialect_;  ///< with the names that the runtime has
  sdk::Findings findings_;
  Library runtime_library_;
  std::string maker_;
  std::string home_;  ///< where the runtime was found; empty: by the loader
  Statuses runtime_statuses_, driver_statuses_;
  RuntimeApi runtime_;
  DriverApi driver_;
  std::string versions_;
};

/// This process's platform, of the module's own dialect.
const Platform& platform();
/// Which dialect platform() is of; called once, before it.
void serve(const Dialect& dialect);

}  // namespace assay::backends::cudalike
