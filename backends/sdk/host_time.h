// The host's steady clock, and its time of launches for which it waited together.
#pragma once

#include <algorithm>
#include <chrono>
#include <span>

#include "backends/assay_backend.h"

namespace assay::sdk {

using SteadyClock = std::chrono::steady_clock;

inline double seconds(SteadyClock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// Seconds between two moments, or until now. Taken between clock readings, not between two
/// steady_seconds(), to the nanosecond however long the machine has been up.
inline double seconds_since(SteadyClock::time_point begin,
                            SteadyClock::time_point end = SteadyClock::now()) {
  return seconds(end - begin);
}

/// The moment as seconds since the clock began, usually when the machine started; to 2 ns after 100
/// days.
inline double steady_seconds() {
  return seconds(SteadyClock::now().time_since_epoch());
}

/// Gives each launch its own device time and an equal share of what the host waited beyond them
/// all. So the sum is `host_seconds`, for any part of the launches it is no less than the device's,
/// and one launch that was interrupted does not count for the others. `launches` have their
/// device_seconds; the sum is greater than `host_seconds` only if the device's clock runs faster
/// than the host's.
inline void share_host_time(std::span<assay_launch> launches, double host_seconds) {
  double beyond = host_seconds;
  for (const assay_launch& launch : launches) beyond -= launch.device_seconds;
  const double each = std::max(0.0, beyond) / static_cast<double>(launches.size());
  for (assay_launch& launch : launches) {
    launch.host_seconds = std::max(launch.device_seconds + each, 1e-9);
  }
}

}  // namespace assay::sdk
