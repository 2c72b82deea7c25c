#include "backends/cudalike/sensors_hwmon.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <utility>

#include "backends/cudalike/library.h"

namespace assay::backends::cudalike {
namespace {

namespace fs = std::filesystem;

constexpr int kMostInputs = 8;

std::string first_word(const fs::path& file) {
  std::ifstream stream(file);
  std::string text;
  stream >> text;
  return text;
}

}  // namespace

std::optional<Hwmon> Hwmon::of(const std::string& bus_id) {
  if (bus_id.empty()) return std::nullopt;
  std::error_code error;
  const fs::path all = pci_device_folder(bus_id) / "hwmon";
  for (fs::directory_iterator entry(all, error), end; !error && entry != end;
       entry.increment(error)) {
    if (fs::exists(entry->path() / "name", error)) return Hwmon(entry->path());
  }
  return std::nullopt;
}

std::optional<double> Hwmon::number(const std::string& file) const {
  std::ifstream stream(folder_ / file);
  double value = 0;
  return stream >> value ? std::optional(value) : std::nullopt;
}

std::optional<double> Hwmon::labelled(std::string_view kind, std::string_view label) const {
  for (int i = 1; i <= kMostInputs; ++i) {
    const std::string input = fmt::format("{}{}", kind, i);
    if (first_word(folder_ / (input + "_label")) == label) return number(input + "_input");
  }
  return std::nullopt;
}

void Hwmon::read(sdk::Readings& all) const {
  constexpr double kMicro = 1e-6, kMilli = 1e-3;
  // The present power, which newer chips have in place of the average.
  auto power = number("power1_input");
  if (!power) power = number("power1_average");
  if (power) all.power_watts = *power * kMicro;
  if (const auto clock = labelled("freq", "sclk")) all.clock_hz = *clock;
  if (const auto clock = labelled("freq", "mclk")) all.memory_clock_hz = *clock;
  if (const auto heat = labelled("temp", "junction")) all.temperature_celsius = *heat * kMilli;
}

std::optional<double> Hwmon::power_limit_watts() const {
  const auto cap = number("power1_cap");
  return cap ? std::optional(*cap * 1e-6) : std::nullopt;
}

}  // namespace assay::backends::cudalike
