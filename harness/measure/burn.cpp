#include "harness/measure/burn.h"

#include <algorithm>

namespace assay::harness::measure {
namespace {

constexpr double kBatchSeconds = 0.1;
constexpr double kMaximumLaunches = 10000;  ///< per batch

/// The current second of the course.
struct Second {
  results::record::CourseSecond sums;
  double begin = 0;
  std::size_t first_reading = 0;
};

void take_readings(std::span<const Reading> readings, results::record::CourseSecond& second) {
  second.clock_hz = mean(readings, &Reading::clock_hz);
  second.power_watts = mean(readings, &Reading::power_watts);
  for (const Reading& reading : readings) {
    if (reading.temperature_celsius) {
      second.temperature_celsius =
          std::max(*reading.temperature_celsius, second.temperature_celsius.value_or(-1e9));
    }
    if (!reading.throttle.empty()) second.throttle = reading.throttle;
  }
}

/// Ends the second at `now`, a time since the beginning of the burn, and begins the next one.
void close(Second& second, double now, Burnt& out) {
  second.sums.seconds = now - second.begin;
  take_readings(std::span(out.readings).subspan(second.first_reading), second.sums);
  out.course.push_back(second.sums);
  second = {{}, now, out.readings.size()};
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
           const SensorSource& sensors, const Clock& now) {
  Burnt out;
  Second second;
  const double start = now();
  double elapsed = 0;
  const double wanted = seconds_per_launch > 0 ? kBatchSeconds / seconds_per_launch : 1;
  const auto batch = static_cast<std::uint32_t>(std::clamp(wanted, 1.0, kMaximumLaunches));
  while (elapsed < seconds) {
    for (const assay_launch& one : launch(batch)) {
      second.sums.launch_seconds += one.device_seconds;
      out.window.launch_seconds += one.host_seconds;
    }
    second.sums.launches += batch;
    out.window.launches += batch;
    elapsed = now() - start;
    if (auto reading = sensors()) {
      reading->at = start + elapsed;
      out.readings.push_back(std::move(*reading));
    }
    if (elapsed - second.begin >= 1) close(second, elapsed, out);
  }
  if (second.sums.launches > 0) {
    close(second, elapsed, out);
    if (out.course.size() > 1 && out.course.back().seconds < 0.5) join_last(out);
  }
  out.window.seconds = elapsed;
  return out;
}

}  // namespace assay::harness::measure
