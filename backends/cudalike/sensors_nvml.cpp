#include "backends/cudalike/sensors_nvml.h"

#include <fmt/format.h>

#include "backends/cudalike/sensors.h"

namespace assay::backends::cudalike {
namespace {

constexpr int kClockSm = 1, kClockMemory = 2, kTemperatureGpu = 0;

// Fields of nvml.h. The counters are in nanoseconds; the first was PERF_POLICY_POWER.
constexpr unsigned kPowerInstant = 186;  // NVML_FI_DEV_POWER_INSTANT, in milliwatts
struct Counter {
  unsigned field;             // NVML_FI_DEV_CLOCKS_EVENT_REASON_…
  unsigned long long reason;  // nvmlClocksThrottleReason…
};
constexpr std::array<Counter, 4> kCounters = {{{74, 0x4}, {251, 0x20}, {252, 0x40}, {253, 0x80}}};
constexpr int kUnsignedLong = 2;

/// The number that one field has now.
std::optional<unsigned long long> number(const NvmlFieldValue& value) {
  if (value.status != 0) return std::nullopt;
  return value.type < kUnsignedLong ? value.value.integer : value.value.large;
}

class Nvml final : public Sensors {
 public:
  Nvml(const NvmlApi& api, void* device) : api_(api), device_(device) {}
  ~Nvml() override {
    if (api_.shutdown) api_.shutdown.status();
  }

  sdk::Readings read() override {
    sdk::Readings all;
    unsigned value = 0;
    unsigned long long large = 0;
    const auto has = [&](const auto& call, auto... arguments) {
      return call && call.status(device_, arguments...) == 0;
    };
    // The other call gives a mean over one second on Ampere and later (nvml.h).
    if (const auto now = power_now()) {
      all.power_watts = static_cast<double>(*now) * 1e-3;
    } else if (has(api_.power_milliwatts, &value)) {
      all.power_watts = value * 1e-3;
    }
    if (has(api_.energy_millijoules, &large)) all.energy_joules = static_cast<double>(large) * 1e-3;
    if (has(api_.clock_megahertz, kClockSm, &value)) all.clock_hz = value * 1e6;
    if (has(api_.clock_megahertz, kClockMemory, &value)) all.memory_clock_hz = value * 1e6;
    if (has(api_.temperature, kTemperatureGpu, &value)) all.temperature_celsius = value;
    if (has(api_.throttle_reasons, &large)) {
      all.throttle_known = true;
      all.throttle = throttle_text(large | counters_.grown(api_, device_));
    }
    return all;
  }

  sdk::Pairs properties() override {
    sdk::Pairs all;
    unsigned limit = 0, mig = 0, mig_pending = 0;
    int ecc = 0, ecc_pending = 0;
    char text[128] = "";
    if (api_.power_limit_milliwatts && api_.power_limit_milliwatts.status(device_, &limit) == 0) {
      all.emplace_back("gpu.power_limit_watts", fmt::format("{:.0f}", limit * 1e-3));
    }
    all.emplace_back("gpu.power_reading",
                     power_now() ? "the present power" : "as the driver averages it");
    if (api_.ecc && api_.ecc.status(device_, &ecc, &ecc_pending) == 0) {
      all.emplace_back("gpu.ecc", ecc != 0 ? "on" : "off");
    }
    if (api_.mig && api_.mig.status(device_, &mig, &mig_pending) == 0) {
      all.emplace_back("gpu.mig", mig != 0 ? "on" : "off");
    }
    if (api_.serial && api_.serial.status(device_, text, sizeof text) == 0) {
      all.emplace_back("gpu.serial", text);
    }
    if (api_.driver_version && api_.driver_version.status(text, sizeof text) == 0) {
      all.emplace_back("gpu.driver", text);
    }
    return all;
  }

 private:
  std::optional<unsigned long long> power_now() const {
    NvmlFieldValue value{.field = kPowerInstant};
    if (!api_.field_values || api_.field_values.status(device_, 1, &value) != 0) {
      return std::nullopt;
    }
    return number(value);
  }

  NvmlApi api_;
  void* device_;
  ThrottleCounters counters_;
};

}  // namespace

void bind(NvmlApi& api, Binder& binder) {
  binder.required(api.init, "nvmlInit");
  binder.optional(api.shutdown, "nvmlShutdown");
  binder.required(api.by_bus_id, "nvmlDeviceGetHandleByPciBusId");
  binder.optional(api.power_milliwatts, "nvmlDeviceGetPowerUsage");
  binder.optional(api.power_limit_milliwatts, "nvmlDeviceGetEnforcedPowerLimit");
  binder.optional(api.energy_millijoules, "nvmlDeviceGetTotalEnergyConsumption");
  binder.optional(api.throttle_reasons, "nvmlDeviceGetCurrentClocksThrottleReasons");
  binder.optional(api.clock_megahertz, "nvmlDeviceGetClockInfo");
  binder.optional(api.temperature, "nvmlDeviceGetTemperature");
  binder.optional(api.field_values, "nvmlDeviceGetFieldValues");
  binder.optional(api.serial, "nvmlDeviceGetSerial");
  binder.optional(api.driver_version, "nvmlSystemGetDriverVersion");
  binder.optional(api.ecc, "nvmlDeviceGetEccMode");
  binder.optional(api.mig, "nvmlDeviceGetMigMode");
}

unsigned long long ThrottleCounters::grown(const NvmlApi& api, void* device) {
  std::array<NvmlFieldValue, kCounters.size()> values;
  for (std::size_t i = 0; i < values.size(); ++i) values[i].field = kCounters[i].field;
  const int count = static_cast<int>(values.size());
  if (!api.field_values || api.field_values.status(device, count, values.data()) != 0) return 0;
  unsigned long long reasons = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto now = number(values[i]);
    if (now && last_[i] && *now > *last_[i]) reasons |= kCounters[i].reason;
    if (now) last_[i] = now;
  }
  return reasons;
}

std::string throttle_text(unsigned long long reasons) {
  // Idle (0x1) and application clocks (0x2) are no throttling.
  static constexpr std::pair<unsigned long long, std::string_view> kReasons[] = {
      {0x4, "software power cap"},     {0x8, "hardware slowdown"}, {0x10, "sync boost"},
      {0x20, "software thermal"},      {0x40, "hardware thermal"}, {0x80, "hardware power brake"},
      {0x100, "display clock setting"}};
  Texts all;
  for (const auto& [bit, words] : kReasons) {
    if ((reasons & bit) != 0) all.emplace_back(words);
  }
  return fmt::format("{}", fmt::join(all, ", "));
}

std::unique_ptr<Sensors> open_nvml(const Library& library, const std::string& bus_id,
                                   sdk::Pairs& details) {
  static const Statuses plain;
  NvmlApi api;
  Binder binder(platform().dialect(), library, &plain);
  bind(api, binder);
  if (!binder.missing().empty()) {
    details.emplace_back(
        "sensors", fmt::format("{} lacks {}", library.path, fmt::join(binder.missing(), ", ")));
    return nullptr;
  }
  void* device = nullptr;
  int status = api.init.status();
  if (status == 0) status = api.by_bus_id.status(bus_id.c_str(), &device);
  if (status != 0) {
    details.emplace_back("sensors", fmt::format("{}: status {}", library.path, status));
    return nullptr;
  }
  return std::make_unique<Nvml>(api, device);
}

}  // namespace assay::backends::cudalike
