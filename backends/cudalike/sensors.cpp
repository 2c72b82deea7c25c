#include "backends/cudalike/sensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "backends/cudalike/sensors_hwmon.h"

namespace assay::backends::cudalike {

namespace {

/// A library's sensors, and those of the kernel's files, which go before them; either may be
/// absent.
class WithFiles final : public Sensors {
 public:
  WithFiles(std::unique_ptr<Sensors> library, Hwmon files)
      : library_(std::move(library)), files_(std::move(files)) {}

  sdk::Readings read() override {
    sdk::Readings all = library_ ? library_->read() : sdk::Readings();
    files_.read(all);
    return all;
  }

  sdk::Pairs properties() override {
    sdk::Pairs all = library_ ? library_->properties() : sdk::Pairs();
    all.emplace_back("gpu.sensor_files", files_.folder().string());
    const auto told = [](const auto& pair) { return pair.first == "gpu.power_limit_watts"; };
    const auto limit = files_.power_limit_watts();
    if (limit && std::ranges::none_of(all, told)) {
      all.emplace_back("gpu.power_limit_watts", fmt::format("{:.0f}", *limit));
    }
    return all;
  }

 private:
  std::unique_ptr<Sensors> library_;
  Hwmon files_;
};

std::unique_ptr<Sensors> with_files(std::unique_ptr<Sensors> library, const std::string& bus_id) {
  auto files = Hwmon::of(bus_id);
  if (!files) return library;
  return std::make_unique<WithFiles>(std::move(library), *std::move(files));
}

}  // namespace

std::unique_ptr<Sensors> open_sensors(const std::string& bus_id, sdk::Pairs& details) {
  const Dialect& dialect = platform().dialect();
  using Opener = std::unique_ptr<Sensors> (*)(const Library&, const std::string&, sdk::Pairs&);
  static constexpr std::pair<std::string_view, Opener> kKinds[] = {
      {"nvml", open_nvml}, {"rocm-smi", open_rocm_smi}, {"mtml", open_mtml}, {"mxsml", open_mxsml}};
  for (const auto& [kind, open] : kKinds) {
    if (kind != dialect.sensors) continue;
    const Library library = platform().beside(dialect.libraries.sensors, "sensors", details);
    auto sensors = library ? open(library, bus_id, details) : nullptr;
    return kind == "rocm-smi" ? with_files(std::move(sensors), bus_id) : std::move(sensors);
  }
  details.emplace_back("sensors", "none: no management library with a C interface is known");
  return nullptr;
}

}  // namespace assay::backends::cudalike
