// The launches of a target by three clocks: the device's and the host's, as the module tells them,
// and this process's own around each call.
#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "backends/assay_backend.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// Seconds of several launches by the device's and by the host's clock.
struct ToldSeconds {
  double device = 0, host = 0;
};

inline ToldSeconds told_by(std::span<const assay_launch> launches) {
  ToldSeconds out;
  for (const assay_launch& one : launches) {
    out.device += one.device_seconds;
    out.host += one.host_seconds;
  }
  return out;
}

class Account {
 public:
  void begin() { sums_ = {}; }
  const results::record::ClockSums& of(assay_mode mode) const {
    return sums_[mode == ASSAY_COLD ? 1 : 0];
  }
  /// Adds one call of so many launches, which took `wall` seconds.
  void add(assay_mode mode, std::size_t launches, const ToldSeconds& told, double wall) {
    results::record::ClockSums& sums = sums_[mode == ASSAY_COLD ? 1 : 0];
    ++sums.calls;
    sums.launches += launches;
    sums.device += told.device;
    sums.host += told.host;
    sums.wall += wall;
    sums.largest_excess = std::max(sums.largest_excess, told.host - wall);
  }

 private:
  std::array<results::record::ClockSums, 2> sums_;  ///< hot and cold
};

}  // namespace assay::harness::measure
