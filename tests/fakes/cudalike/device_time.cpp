#include "tests/fakes/cudalike/device_time.h"

#include <algorithm>
#include <thread>

#include "tests/fakes/common/faults.h"

namespace assay::fakes::cudalike {

using Steady = std::chrono::steady_clock;

bool DeviceTime::counted() const {
  return text_setting("ASSAY_FAKE_TIME", "") == "counted";
}

Steady::time_point DeviceTime::now() const {
  if (!counted()) return Steady::now();
  const auto since = std::chrono::duration<double>(seconds_);
  return Steady::time_point(std::chrono::duration_cast<Steady::duration>(since));
}

void DeviceTime::pass(double seconds) {
  if (counted()) {
    seconds_ += seconds;
  } else {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  }
}

void DeviceTime::move(std::uint64_t read, std::uint64_t written) {
  if (!counted()) return;
  const std::uint64_t evicted = std::min(dirty_, read + written);
  dirty_ = std::min(dirty_ - evicted + written, kCacheBytes);
  const auto moved = static_cast<double>(persisting_ ? (read + written) / 2 : read + written);
  seconds_ += kLaunchSeconds + (moved + static_cast<double>(evicted)) / kBytesPerSecond;
}

}  // namespace assay::fakes::cudalike
