#include "backends/cambricon/cndev.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "backends/sdk/failure.h"

namespace assay::backends::cambricon {
namespace {

/// The beginning of one of CNDev's structs, with room for its rest: the largest that is read here
/// has less than 512 bytes.
using Info = std::array<std::int32_t, 256>;
using Get = int (*)(void* info, std::int32_t device);

constexpr std::int32_t kApiVersion = 5;

std::optional<Info> asked(Get get, std::int32_t device, std::int32_t version) {
  Info info = {version};
  if (get == nullptr || get(info.data(), device) != 0) return std::nullopt;
  return info;
}

/// cndevPCIeInfo_t: the version, two 32-bit ids, two 16-bit ids, domain, bus, device, function.
bool is_at(const Info& info, const std::string& bus_id) {
  return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", info[4], info[5], info[6], info[7]) == bus_id;
}

std::optional<std::int32_t> device_at(const Cndev& cndev, const std::string& bus_id) {
  std::int32_t device = 0;
  if (cndev.cndevGetDeviceHandleByPciBusId != nullptr &&
      cndev.cndevGetDeviceHandleByPciBusId(bus_id.c_str(), &device) == 0) {
    return device;
  }
  Info count = {kApiVersion};
  if (cndev.cndevGetDeviceCount == nullptr || cndev.cndevGetDeviceCount(count.data()) != 0) {
    return std::nullopt;
  }
  for (std::int32_t i = 0; i < count[1]; ++i) {
    device = i;
    // Before handles, devices had their index.
    if (cndev.cndevGetDeviceHandleByIndex != nullptr &&
        cndev.cndevGetDeviceHandleByIndex(i, &device) != 0) {
      continue;
    }
    const auto place = asked(cndev.cndevGetPCIeInfo, device, kApiVersion);
    if (place && is_at(*place, bus_id)) return device;
  }
  return std::nullopt;
}

}  // namespace

Cndev open_cndev(sdk::VendorLibraries& libraries) {
  Cndev cndev;
  if (!libraries.open("libcndev.so")) return cndev;
  const auto find = [&libraries]<class Function>(const char* name, Function*& to) {
    to = libraries.find<Function>(name);
  };
  find("cndevInit", cndev.cndevInit);
  if (cndev.cndevInit == nullptr || cndev.cndevInit(0) != 0) return {};
  find("cndevGetDeviceCount", cndev.cndevGetDeviceCount);
  find("cndevGetDeviceHandleByIndex", cndev.cndevGetDeviceHandleByIndex);
  find("cndevGetDeviceHandleByPciBusId", cndev.cndevGetDeviceHandleByPciBusId);
  find("cndevGetPCIeInfo", cndev.cndevGetPCIeInfo);
  find("cndevGetDevicePowerInfo", cndev.cndevGetDevicePowerInfo);
  find("cndevGetPowerInfo", cndev.cndevGetPowerInfo);
  find("cndevGetTemperatureInfo", cndev.cndevGetTemperatureInfo);
  find("cndevGetFrequencyInfo", cndev.cndevGetFrequencyInfo);
  return cndev;
}

sdk::Readings read_sensors(const Cndev& cndev, const std::string& bus_id) {
  if (cndev.cndevInit == nullptr) {
    throw sdk::Failure(ASSAY_UNSUPPORTED, "no sensors: libcndev.so (CNDev) is missing or fails");
  }
  const auto device = device_at(cndev, bus_id);
  if (!device) {
    throw sdk::Failure(ASSAY_UNSUPPORTED, "no sensors: CNDev knows no device at " + bus_id);
  }
  sdk::Readings readings;
  // The newer struct of power has no version before it.
  if (const auto power = asked(cndev.cndevGetDevicePowerInfo, *device, 0)) {
    readings.power_watts = (*power)[0];
  } else if (const auto older = asked(cndev.cndevGetPowerInfo, *device, kApiVersion)) {
    readings.power_watts = (*older)[1];
  }
  if (const auto heat = asked(cndev.cndevGetTemperatureInfo, *device, kApiVersion)) {
    readings.temperature_celsius = (*heat)[1];
  }
  if (const auto clock = asked(cndev.cndevGetFrequencyInfo, *device, kApiVersion)) {
    readings.clock_hz = (*clock)[1] * 1e6;
  }
  return readings;
}

}  // namespace assay::backends::cambricon
