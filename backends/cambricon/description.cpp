#include "backends/cambricon/description.h"

#include <fmt/format.h>

#include <string>

#include "backends/cambricon/device.h"
#include "backends/cambricon/runtime.h"

namespace assay::backends::cambricon {
namespace {

std::string name_of(std::uint32_t index) {
  const Api& api = runtime().api;
  std::int64_t device = 0;
  char name[256] = {};
  const bool told = api.cnInit != nullptr && api.cnDeviceGet != nullptr &&
                    api.cnDeviceGetName != nullptr && api.cnInit(0) == 0 &&
                    api.cnDeviceGet(&device, static_cast<int>(index)) == 0 &&
                    api.cnDeviceGetName(name, sizeof name, device) == 0;
  return told && name[0] != '\0' ? name : "Cambricon MLU";
}

std::string versions() {
  const Api& api = runtime().api;
  std::string text;
  int major = 0, minor = 0, patch = 0;
  const auto add = [&](const char* what) {
    text += fmt::format("{}{} {}.{}.{}", text.empty() ? "" : ", ", what, major, minor, patch);
  };
  if (api.cnrtDriverGetVersion != nullptr &&
      api.cnrtDriverGetVersion(&major, &minor, &patch) == 0) {
    add("driver");
  }
  if (api.cnrtGetLibVersion != nullptr && api.cnrtGetLibVersion(&major, &minor, &patch) == 0) {
    add("CNRT");
  }
  if (api.cnnlGetLibVersion != nullptr) {
    api.cnnlGetLibVersion(&major, &minor, &patch);
    add("CNNL");
  }
  return text;
}

}  // namespace

std::string bus_id(std::uint32_t index) {
  const Api& api = runtime().api;
  char bus[64] = {};
  if (api.cnrtDeviceGetPCIBusId == nullptr ||
      api.cnrtDeviceGetPCIBusId(bus, sizeof bus, static_cast<int>(index)) != 0) {
    return "";
  }
  return bus;
}

sdk::Findings findings() {
  const Runtime& all = runtime();
  sdk::Findings out{all.devices, all.failure, all.hint, all.details};
  if (all.devices > 0) out.summary = fmt::format("{} Cambricon MLU", all.devices);
  return out;
}

sdk::DeviceDescription describe(std::uint32_t index) {
  sdk::DeviceDescription out;
  out.name = name_of(index);
  out.vendor = "Cambricon";
  out.kind = "npu";
  out.bus_id = bus_id(index);
  out.driver = versions();
  out.types = attribute(index, kHasBf16) != 0 ? "f32 f16 bf16" : "f32 f16";
  out.memory_bytes = static_cast<std::uint64_t>(attribute(index, kMemoryMegabytes)) << 20;
  out.cache_bytes = cache_bytes(index);
  const std::int64_t clusters = attribute(index, kClusters);
  const std::int64_t cores = attribute(index, kCoresPerCluster);
  out.compute_units = static_cast<std::uint32_t>(clusters * cores);
  out.clock_hz = static_cast<double>(attribute(index, kClusterKilohertz)) * 1e3;
  out.properties = {{"clusters", std::to_string(clusters)},
                    {"cores.per_cluster", std::to_string(cores)}};
  return out;
}

}  // namespace assay::backends::cambricon
