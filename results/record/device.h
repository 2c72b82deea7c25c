// What follows from how a module describes its device: decided here alone.
#pragma once

#include "results/record/record.h"

namespace assay::results::record {

/// Whether its buffers take memory of the host: it is the processor that the program runs on.
inline bool shares_host_memory(const DeviceIdentity& device) {
  return device.kind == "cpu" && !device.modelled;
}

/// Hz; the clock that it keeps under full load unless it is throttled. 0 where there is none: the
/// highest clock of a CPU is that of a single core, which all of them together never reach.
inline double clock_to_hold(const DeviceIdentity& device) {
  return device.kind == "cpu" ? 0 : device.clock_hz;
}

/// Whether a rank that has the choice takes it only where there is no other.
inline bool is_last_choice(const DeviceIdentity& device) {
  return device.kind == "cpu";
}

/// FLOP/s and B/s that can be expected of it, for estimates of time alone.
struct ExpectedRates {
  double flop = 0;            ///< of 32-bit elements
  double reference_flop = 0;  ///< of a reference implementation
  double bytes = 0;
};
inline ExpectedRates expected_rates(const DeviceIdentity& device) {
  if (device.kind != "cpu") return {20e12, 1e9, 1e12};
  const double units = device.compute_units > 1 ? device.compute_units : 1;
  return {60e9 * units, 1e9 * units, units < 200.0 / 12 ? 12e9 * units : 200e9};
}

/// Cores that check and make operands beside it.
inline double host_cores(const DeviceIdentity& device) {
  return device.kind == "cpu" && device.compute_units > 1 ? device.compute_units : 1;
}

}  // namespace assay::results::record
