// Timing one submission of commands by the device's own events.
#pragma once

#include "backends/opencl/device.h"
#include "backends/sdk/host_time.h"

namespace assay::backends::opencl {

/// Nanoseconds of the device's clock.
inline cl_ulong moment(cl_event event, cl_profiling_info what) {
  cl_ulong at = 0;
  check(cl().GetEventProfilingInfo(event, what, sizeof at, &at, nullptr),
        "reading an event's time");
  return at;
}

/// The device's seconds between two moments of its clock, in nanoseconds. Some runtimes give every
/// event the same time, or one a nanosecond later: where the host waited so much longer than the
/// events tell, only its time means anything.
inline double device_seconds(cl_ulong first, cl_ulong last, double host_seconds) {
  constexpr double kMeaningless = 1e4, kLongWait = 10e-3;
  if (last <= first) return host_seconds;
  const double seconds = 1e-9 * static_cast<double>(last - first);
  const bool meaningless = host_seconds > kLongWait && seconds * kMeaningless < host_seconds;
  return meaningless ? host_seconds : seconds;
}

/// Times `submit`, which enqueues one launch's commands and returns the moments that it began and
/// ended at by the device's clock, called after the queue is empty.
template <class Submit, class Moments>
assay_launch timed(Device& device, assay_mode mode, const Submit& submit, const Moments& moments) {
  if (mode == ASSAY_COLD) device.flush_caches();
  const auto begin = sdk::SteadyClock::now();
  submit();
  device.finish();
  const auto end = sdk::SteadyClock::now();
  assay_launch launch;
  launch.host_seconds = sdk::seconds_since(begin, end);
  const auto [first, last] = moments();
  launch.device_seconds = device_seconds(first, last, launch.host_seconds);
  return launch;
}

}  // namespace assay::backends::opencl
