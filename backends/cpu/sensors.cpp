#include "backends/cpu/sensors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include "backends/cpu/cpu_identity.h"
#include "backends/cpu/text_files.h"

namespace assay::backends::cpu {
namespace {

namespace fs = std::filesystem;

constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();

bool is_one_of(const std::string& name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Files of degrees: hwmon's of the CPU's own drivers, else thermal zones.
std::vector<fs::path> temperature_files(const fs::path& sys) {
  std::vector<fs::path> files;
  for (const fs::path& folder : entries(sys / "class/hwmon", "hwmon")) {
    const std::string driver = first_line(folder / "name");
    if (!is_one_of(driver, {"k10temp", "coretemp", "zenpower", "cpu_thermal"})) continue;
    for (const fs::path& file : entries(folder, "temp")) {
      if (file.filename().string().ends_with("_input")) files.push_back(file);
    }
  }
  if (!files.empty()) return files;
  for (const fs::path& folder : entries(sys / "class/thermal", "thermal_zone")) {
    const std::string type = first_line(folder / "type");
    if (type == "x86_pkg_temp" || type.starts_with("cpu")) files.push_back(folder / "temp");
  }
  return files;
}

}  // namespace

Sensors::Sensors(std::vector<int> processors, SystemFolders folders)
    : folders_(std::move(folders)),
      processors_(std::move(processors)),
      temperatures_(temperature_files(folders_.sys)),
      last_joules_(kAbsent),
      last_seconds_(kAbsent),
      last_throttles_(kAbsent) {
  // Packages only: "intel-rapl:0", not the core and memory zones within, "intel-rapl:0:1".
  for (const fs::path& zone : entries(folders_.sys / "class/powercap", "intel-rapl:")) {
    const std::string name = zone.filename().string();
    if (std::count(name.begin(), name.end(), ':') != 1) continue;
    if (!first_line(zone / "name").starts_with("package")) continue;
    const double now = first_number(zone / "energy_uj");
    const double range = first_number(zone / "max_energy_range_uj");
    if (!std::isnan(now)) counters_.push_back({zone / "energy_uj", range, now});
  }
  for (const int processor : processors_) {
    const fs::path folder =
        folders_.sys / "devices/system/cpu" / ("cpu" + std::to_string(processor));
    if (!std::isnan(first_number(folder / "cpufreq/scaling_cur_freq"))) {
      clocks_.push_back(folder / "cpufreq/scaling_cur_freq");
    }
    if (!std::isnan(first_number(folder / "thermal_throttle/package_throttle_count"))) {
      throttles_.push_back(folder / "thermal_throttle/package_throttle_count");
    }
  }
  clock_in_cpuinfo_ = parse_cpuinfo(whole_text(folders_.proc / "cpuinfo")).clock_measured;
}

double Sensors::energy() {
  if (counters_.empty()) return kAbsent;
  for (Counter& counter : counters_) {
    const double now = first_number(counter.file);
    if (std::isnan(now)) return kAbsent;
    double spent = now - counter.last;
    if (spent < 0 && counter.range > 0) spent += counter.range;
    joules_ += std::max(0.0, spent) * 1e-6;
    counter.last = now;
  }
  return joules_;
}

double Sensors::clock() const {
  if (clocks_.empty()) {
    // Elsewhere the file holds a constant, which would be passed off as a measurement.
    return clock_in_cpuinfo_ ? mean_clock_hz(whole_text(folders_.proc / "cpuinfo")) : kAbsent;
  }
  double sum = 0;
  for (const fs::path& file : clocks_) sum += first_number(file) * 1e3;
  return sum / static_cast<double>(clocks_.size());
}

double Sensors::temperature() const {
  double hottest = kAbsent;
  for (const fs::path& file : temperatures_) {
    hottest = std::fmax(hottest, first_number(file) * 1e-3);
  }
  return hottest;
}

double Sensors::throttle_count() const {
  if (throttles_.empty()) return kAbsent;
  double sum = 0;
  for (const fs::path& file : throttles_) sum += first_number(file);
  return sum;
}

Readings Sensors::read(double now_seconds) {
  Readings out = {};
  out.energy_joules = energy();
  out.clock_hz = clock();
  out.temperature_celsius = temperature();
  const double elapsed = now_seconds - last_seconds_;
  out.power_watts = elapsed > 0 ? (out.energy_joules - last_joules_) / elapsed : kAbsent;
  const double throttles = throttle_count();
  out.throttle_known = !std::isnan(throttles);
  if (throttles > last_throttles_) out.throttle = "package too hot";
  last_joules_ = out.energy_joules;
  last_seconds_ = now_seconds;
  last_throttles_ = throttles;
  return out;
}

}  // namespace assay::backends::cpu
