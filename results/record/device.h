// Properties derived from a module's description of its device. Only this file derives them.
#pragma once

#include "results/record/record.h"

namespace assay::results::record {

/// Whether its buffers take host memory: the device is the processor that the program runs on.
inline bool shares_host_memory(const DeviceIdentity& device) {
  return device.kind == "cpu" && !device.modelled;
}

/// The clock in Hz that the device sustains under full load unless it is throttled; 0 if unknown.
/// It is 0 for CPUs: their highest clock is that of a single busy core, which all cores together
/// never reach.
inline double sustained_clock_hz(const DeviceIdentity& device) {
  return device.kind == "cpu" ? 0 : device.clock_hz;
}

/// What the device's sensors of power and energy belong to where that is more than the device, "the
/// whole package of 2 dies", by the property that its module gives; else empty. Then what they read
/// is not the energy of the device's launches.
inline std::string power_scope(const DeviceIdentity& device) {
  const auto found = device.properties.find("power.scope");
  return found == device.properties.end() ? "" : found->second;
}

/// Whether a rank uses this device only if it has no other one.
inline bool is_last_choice(const DeviceIdentity& device) {
  return device.kind == "cpu";
}

/// Expected FLOP/s and B/s, used only for time estimates.
struct ExpectedRates {
  double flop = 0;            ///< for 32-bit elements
  double reference_flop = 0;  ///< for a reference implementation
  double bytes = 0;
};
inline ExpectedRates expected_rates(const DeviceIdentity& device) {
  if (device.kind != "cpu") return {20e12, 1e9, 1e12};
  const double units = device.compute_units > 1 ? device.compute_units : 1;
  return {60e9 * units, 1e9 * units, units < 200.0 / 12 ? 12e9 * units : 200e9};
}

/// Host cores that generate and check operands.
inline double host_cores(const DeviceIdentity& device) {
  return device.kind == "cpu" && device.compute_units > 1 ? device.compute_units : 1;
}

}  // namespace assay::results::record
