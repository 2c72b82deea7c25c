#include "harness/measure/burn.h"

#include <algorithm>
#include <cmath>

#include "harness/measure/energy.h"

namespace assay::harness::measure {
namespace {

constexpr double kBatchSeconds = 0.05;
constexpr double kMaximumLaunches = 10000;  ///< per batch
/// Multiples of it, modulo 1, are evenly spread from the first few on.
constexpr double kGoldenRatio = 0.6180339887498949;

/// Launches of a batch: 75% to 125% of what fills kBatchSeconds.
std::uint32_t batch_size(double seconds_per_launch, std::size_t batch) {
  if (seconds_per_launch <= 0) return 1;
  double wanted = kBatchSeconds / seconds_per_launch;
  if (seconds_per_launch < kLongLaunchSeconds) {
    wanted *= 0.75 + 0.5 * std::fmod(static_cast<double>(batch) * kGoldenRatio, 1);
  }
  return static_cast<std::uint32_t>(std::clamp(wanted, 1.0, kMaximumLaunches));
}

/// The current second of the course.
struct Second {
  results::record::CourseSecond sums;
  double begin = 0;
  std::size_t first_reading = 0;
};

void take_readings(std::span<const WindowReading> readings, results::record::CourseSecond& second) {
  std::vector<Reading> plain;
  for (const WindowReading& one : readings) {
    plain.push_back(one.reading);
    if (!one.reading.throttle.empty()) second.throttle = one.reading.throttle;
  }
  for (const SensorQuantity& quantity : kSensorQuantities) {
    const InSecond& summary = quantity.second;
    if (summary.value == nullptr) continue;
    second.*summary.value = summary.statistic == Statistic::mean
                                ? mean(readings, quantity.value)
                                : statistic_of(summary.statistic, known(plain, quantity.value));
  }
}

/// Ends the second at `now`, a time since the beginning of the burn, and begins the next one.
void close(Second& second, double now, Burnt& out) {
  second.sums.seconds = now - second.begin;
  take_readings(std::span<const WindowReading>(out.window.readings).subspan(second.first_reading),
                second.sums);
  out.course.push_back(second.sums);
  second = {{}, now, out.window.readings.size()};
}

void join_last(Burnt& out) {
  const results::record::CourseSecond rest = out.course.back();
  out.course.pop_back();
  results::record::CourseSecond& last = out.course.back();
  last.seconds += rest.seconds;
  last.launches += rest.launches;
  last.launch_seconds += rest.launch_seconds;
}

}  // namespace

Burnt burn(double seconds, double seconds_per_launch, const Launcher& launch,
           const SensorSource& sensors, const std::function<void(double seconds)>& pause,
           const Clock& now) {
  Burnt out;
  Second second;
  const double start = now();
  out.window.begin = start;
  double elapsed = 0, launches = 0;
  for (std::size_t batch = 0; elapsed < seconds; ++batch) {
    const double begin = now();
    const std::uint32_t count = batch_size(seconds_per_launch, batch);
    for (const assay_launch& one : launch(count)) {
      second.sums.launch_seconds += one.device_seconds;
      out.launch_seconds += one.host_seconds;
    }
    second.sums.launches += count;
    launches += count;
    elapsed = now() - start;
    if (auto reading = sensors()) {
      reading->at = start + elapsed;
      out.window.readings.push_back({std::move(*reading), launches, out.launch_seconds});
      if (seconds_per_launch >= kLongLaunchSeconds) {
        pause(kPauseShare * (start + elapsed - begin));
      }
    }
    if (elapsed - second.begin >= 1) close(second, elapsed, out);
  }
  if (second.sums.launches > 0) {
    close(second, elapsed, out);
    if (out.course.size() > 1 && out.course.back().seconds < 0.5) join_last(out);
  }
  return out;
}

}  // namespace assay::harness::measure
