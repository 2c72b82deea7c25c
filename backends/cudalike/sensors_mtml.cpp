// Moore Threads' management library. mtml.h as public copies have it: opaque handles, power in mW,
// clocks in MHz, temperature in degrees Celsius, a device by "00000000:3a:00.0".
#include <fmt/format.h>

#include "backends/cudalike/sensors.h"

namespace assay::backends::cudalike {
namespace {

struct MtmlApi {
  Call<int(void**)> init;
  Call<int(void*)> shut_down, free_device, free_gpu;
  Call<int(const void*, const char*, void**)> by_bus_id;
  Call<int(const void*, void**)> gpu;
  Call<int(const void*, unsigned*)> power_milliwatts, clock_megahertz;
  Call<int(const void*, int*)> temperature;
};

class Mtml final : public Sensors {
 public:
  explicit Mtml(const MtmlApi& api) : api_(api) {}
  ~Mtml() override {
    if (gpu_ != nullptr && api_.free_gpu) api_.free_gpu.status(gpu_);
    if (device_ != nullptr && api_.free_device) api_.free_device.status(device_);
    if (library_ != nullptr && api_.shut_down) api_.shut_down.status(library_);
  }

  /// 0, or the status of the call that failed.
  int open(const std::string& bus_id) {
    if (const int status = api_.init.status(&library_); status != 0) return status;
    // "0000:01:00.0" is what the runtime says, with a domain of four digits.
    const std::string wide = bus_id.find(':') == 4 ? "0000" + bus_id : bus_id;
    if (const int status = api_.by_bus_id.status(library_, wide.c_str(), &device_); status != 0) {
      return status;
    }
    if (api_.gpu && api_.gpu.status(device_, &gpu_) != 0) gpu_ = nullptr;
    return 0;
  }

  sdk::Readings read() override {
    sdk::Readings all;
    unsigned value = 0;
    int celsius = 0;
    if (api_.power_milliwatts && api_.power_milliwatts.status(device_, &value) == 0) {
      all.power_watts = value * 1e-3;
    }
    if (gpu_ == nullptr) return all;
    if (api_.clock_megahertz && api_.clock_megahertz.status(gpu_, &value) == 0) {
      all.clock_hz = value * 1e6;
    }
    if (api_.temperature && api_.temperature.status(gpu_, &celsius) == 0) {
      all.temperature_celsius = celsius;
    }
    return all;
  }

 private:
  MtmlApi api_;
  void *library_ = nullptr, *device_ = nullptr, *gpu_ = nullptr;
};

}  // namespace

std::unique_ptr<Sensors> open_mtml(const Library& library, const std::string& bus_id,
                                   sdk::Pairs& details) {
  static const Statuses plain;
  MtmlApi api;
  Binder binder(platform().dialect(), library, &plain);
  binder.required(api.init, "mtmlLibraryInit");
  binder.optional(api.shut_down, "mtmlLibraryShutDown");
  binder.required(api.by_bus_id, "mtmlLibraryInitDeviceByPciSbdf");
  binder.optional(api.free_device, "mtmlLibraryFreeDevice");
  binder.optional(api.gpu, "mtmlDeviceInitGpu");
  binder.optional(api.free_gpu, "mtmlDeviceFreeGpu");
  binder.optional(api.power_milliwatts, "mtmlDeviceGetPowerUsage");
  binder.optional(api.clock_megahertz, "mtmlGpuGetClock");
  binder.optional(api.temperature, "mtmlGpuGetTemperature");
  if (!binder.missing().empty()) {
    details.emplace_back(
        "sensors", fmt::format("{} lacks {}", library.path, fmt::join(binder.missing(), ", ")));
    return nullptr;
  }
  auto sensors = std::make_unique<Mtml>(api);
  if (const int status = sensors->open(bus_id); status != 0) {
    details.emplace_back("sensors", fmt::format("{}: status {}", library.path, status));
    return nullptr;
  }
  return sensors;
}

}  // namespace assay::backends::cudalike
