#include "backends/cudalike/sensors.h"

namespace assay::backends::cudalike {

std::unique_ptr<Sensors> open_sensors(const std::string& bus_id, sdk::Pairs& details) {
  const Dialect& dialect = platform().dialect();
  using Opener = std::unique_ptr<Sensors> (*)(const Library&, const std::string&, sdk::Pairs&);
  static constexpr std::pair<std::string_view, Opener> kKinds[] = {
      {"nvml", open_nvml}, {"rocm-smi", open_rocm_smi}, {"mtml", open_mtml}, {"mxsml", open_mxsml}};
  for (const auto& [kind, open] : kKinds) {
    if (kind != dialect.sensors) continue;
    const Library library = platform().beside(dialect.libraries.sensors, "sensors", details);
    return library ? open(library, bus_id, details) : nullptr;
  }
  details.emplace_back("sensors", "none: no management library with a C interface is known");
  return nullptr;
}

}  // namespace assay::backends::cudalike
