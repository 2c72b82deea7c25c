// rocm_smi.h of ROCm 5: only calls without structs, because sizes of structs differ by release.
#include <fmt/format.h>

#include "backends/cudalike/sensors.h"

namespace assay::backends::cudalike {
namespace {

constexpr std::uint32_t kEdge = 0, kJunction = 1;  // rsmi_temperature_type_t

struct RocmSmiApi {
  Call<int(std::uint64_t)> init;
  Call<int()> shut_down;
  Call<int(std::uint32_t*)> count;
  Call<int(std::uint32_t, std::uint64_t*)> pci_id;
  Call<int(std::uint32_t, std::uint32_t, std::uint64_t*)> power_microwatts, power_cap_microwatts;
  Call<int(std::uint32_t, std::uint64_t*, float*, std::uint64_t*)> energy;
  Call<int(std::uint32_t, std::uint32_t, int, std::int64_t*)> temperature;
};

class RocmSmi final : public Sensors {
 public:
  RocmSmi(const RocmSmiApi& api, std::uint32_t index) : api_(api), index_(index) {}
  ~RocmSmi() override {
    if (api_.shut_down) api_.shut_down.status();
  }

  sdk::Readings read() override {
    sdk::Readings all;
    std::uint64_t value = 0, when = 0;
    std::int64_t millidegrees = 0;
    float resolution = 0;
    if (api_.power_microwatts && api_.power_microwatts.status(index_, 0, &value) == 0) {
      all.power_watts = static_cast<double>(value) * 1e-6;
    }
    if (api_.energy && api_.energy.status(index_, &value, &resolution, &when) == 0) {
      all.energy_joules = static_cast<double>(value) * static_cast<double>(resolution) * 1e-6;
    }
    // The junction limits the clock; cards without such a sensor have one at the edge.
    for (const std::uint32_t sensor : {kJunction, kEdge}) {
      if (!api_.temperature || api_.temperature.status(index_, sensor, 0, &millidegrees) != 0) {
        continue;
      }
      all.temperature_celsius = static_cast<double>(millidegrees) * 1e-3;
      break;
    }
    return all;
  }

  sdk::Pairs properties() override {
    std::uint64_t cap = 0;
    if (!api_.power_cap_microwatts || api_.power_cap_microwatts.status(index_, 0, &cap) != 0) {
      return {};
    }
    return {{"gpu.power_limit_watts", fmt::format("{:.0f}", static_cast<double>(cap) * 1e-6)}};
  }

 private:
  RocmSmiApi api_;
  std::uint32_t index_;
};

/// "0000:c1:00.0" as rsmi_dev_pci_id_get packs it: domain << 32 | bus << 8 | device << 3 |
/// function.
bool same_place(std::uint64_t packed, const std::string& bus_id) {
  unsigned domain = 0, bus = 0, device = 0, function = 0;
  if (std::sscanf(bus_id.c_str(), "%x:%x:%x.%x", &domain, &bus, &device, &function) != 4) {
    return false;
  }
  return (packed >> 32) == domain && (packed >> 8 & 0xff) == bus && (packed >> 3 & 0x1f) == device;
}

}  // namespace

std::unique_ptr<Sensors> open_rocm_smi(const Library& library, const std::string& bus_id,
                                       sdk::Pairs& details) {
  static const Statuses plain;
  RocmSmiApi api;
  Binder binder(platform().dialect(), library, &plain);
  binder.required(api.init, "rsmi_init");
  binder.optional(api.shut_down, "rsmi_shut_down");
  binder.required(api.count, "rsmi_num_monitor_devices");
  binder.required(api.pci_id, "rsmi_dev_pci_id_get");
  binder.optional(api.power_microwatts, "rsmi_dev_power_ave_get");
  binder.optional(api.power_cap_microwatts, "rsmi_dev_power_cap_get");
  binder.optional(api.energy, "rsmi_dev_energy_count_get");
  binder.optional(api.temperature, "rsmi_dev_temp_metric_get");
  std::uint32_t count = 0;
  if (!binder.missing().empty() || api.init.status(0) != 0 || api.count.status(&count) != 0) {
    details.emplace_back("sensors", fmt::format("{} cannot be used", library.path));
    return nullptr;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint64_t packed = 0;
    if (api.pci_id.status(i, &packed) == 0 && same_place(packed, bus_id)) {
      return std::make_unique<RocmSmi>(api, i);
    }
  }
  details.emplace_back("sensors", fmt::format("{} knows no device at {}", library.path, bus_id));
  return nullptr;
}

}  // namespace assay::backends::cudalike
