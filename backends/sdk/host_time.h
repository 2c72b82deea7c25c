// The host's time of launches for which it waited together.
#pragma once

#include <algorithm>
#include <span>

#include "backends/assay_backend.h"

namespace assay::sdk {

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
