#include "harness/measure/sensor_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "results/page/quantity_text.h"

namespace assay::harness::measure {
namespace {

constexpr double kMinimumInterval = 0.05;
constexpr std::size_t kReadingsToJudgeClock = 10;

}  // namespace

bool SensorLog::read() {
  const double now = now_();
  const std::vector<WindowReading>& taken = window_.readings;
  if (absent_ || (!taken.empty() && now - taken.back().reading.at < kMinimumInterval)) return false;
  std::optional<Reading> reading = source_();
  absent_ = !reading;
  if (absent_) return false;
  reading->at = now;
  window_.readings.push_back({*reading, launches_, launch_seconds_});
  readings_.push_back(std::move(*reading));
  return true;
}

void SensorLog::begin_window() {
  window_ = {now_(), {}};
  launches_ = launch_seconds_ = 0;
}

void SensorLog::count(std::span<const assay_launch> launches) {
  launches_ += static_cast<double>(launches.size());
  for (const assay_launch& one : launches) launch_seconds_ += one.host_seconds;
}

results::record::Sensors SensorLog::summary() const {
  results::record::Sensors out;
  for (const SensorQuantity& quantity : kSensorQuantities) {
    std::vector<double> values = known(readings_, quantity.value);
    if (quantity.zero_is_unknown) {
      std::erase_if(values, [](double value) { return !(value > 0); });
    }
    for (const InSensors& summary : quantity.sensors) {
      if (summary.value != nullptr) out.*summary.value = statistic_of(summary.statistic, values);
    }
  }
  out.clock_stood_still = clock_stood_still(readings_);
  std::set<std::string_view> texts;
  for (const Reading& reading : readings_) {
    if (reading.throttle.empty() || !texts.insert(reading.throttle).second) continue;
    out.throttle += (out.throttle.empty() ? "" : ", ") + reading.throttle;
  }
  return out;
}

std::vector<double> known_clocks(std::span<const Reading> readings) {
  std::vector<double> clocks = known(readings, &Reading::clock_hz);
  std::erase_if(clocks, [](double clock) { return !(clock > 0); });
  return clocks;
}

bool clock_stood_still(std::span<const Reading> readings) {
  const std::vector<double> clocks = known_clocks(readings);
  return clocks.size() >= kReadingsToJudgeClock &&
         std::ranges::all_of(clocks, [&](double clock) { return clock == clocks.front(); });
}

std::optional<results::record::Note> clock_note(std::span<const Reading> readings) {
  const std::size_t told = known(readings, &Reading::clock_hz).size();
  const std::vector<double> clocks = known_clocks(readings);
  std::string text;
  if (clocks.size() < told) {
    text = fmt::format(
        "clock: {} of {} readings were 0 Hz and were ignored; they do not show at which clock the "
        "device ran",
        told - clocks.size(), told);
  } else if (clock_stood_still(readings)) {
    text = fmt::format(
        "clock: all {} readings were {}, before the launches too; the sensor may report a "
        "constant, so this does not show that the device kept its clock",
        told, results::page::scaled_text(clocks.front(), "Hz"));
  } else {
    return std::nullopt;
  }
  return results::record::Note{results::record::NoteKind::clock_unknown,
                               text,
                               {{"readings", static_cast<double>(told)},
                                {"readings_of_zero", static_cast<double>(told - clocks.size())}}};
}

}  // namespace assay::harness::measure
