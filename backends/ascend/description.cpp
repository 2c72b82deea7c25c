#include "backends/ascend/description.h"

#include <fmt/format.h>

#include <cstring>
#include <string>

#include "backends/ascend/placement.h"
#include "backends/ascend/runtime.h"
#include "backends/ascend/session.h"

namespace assay::backends::ascend {
namespace {

std::int64_t attribute(std::uint32_t index, int info, int capability) {
  const Acl& acl = runtime().acl;
  std::int64_t value = 0;
  if (acl.aclrtGetDeviceInfo != nullptr && acl.aclrtGetDeviceInfo(index, info, &value) == 0) {
    return value;
  }
  if (capability >= 0 && acl.aclGetDeviceCapability != nullptr &&
      acl.aclGetDeviceCapability(index, capability, &value) == 0) {
    return value;
  }
  return 0;
}

std::uint64_t memory_bytes(std::uint32_t index) {
  const std::int64_t told = attribute(index, kAttributeMemory, -1);
  if (told > 0) return static_cast<std::uint64_t>(told);
  const Acl& acl = runtime().acl;
  const auto number = static_cast<std::int32_t>(index);
  if (acl.aclrtSetDevice(number) != 0) return 0;
  const std::uint64_t bytes = memory_of_current_device(acl).total;
  acl.aclrtResetDevice(number);
  return bytes;
}

std::string package_version(int package) {
  PackageVersion version = {};
  const Acl& acl = runtime().acl;
  if (acl.aclsysGetCANNVersion == nullptr || acl.aclsysGetCANNVersion(package, &version) != 0) {
    return "";
  }
  return std::string(version.version, strnlen(version.version, sizeof version.version));
}

std::string versions() {
  const Acl& acl = runtime().acl;
  std::string text;
  const auto add = [&text](const std::string& what, const std::string& version) {
    if (!version.empty()) text += (text.empty() ? "" : ", ") + what + " " + version;
  };
  add("CANN", package_version(kPackageCann));
  add("driver", package_version(kPackageDriver));
  std::int32_t major = 0, minor = 0, patch = 0;
  if (acl.aclrtGetVersion != nullptr && acl.aclrtGetVersion(&major, &minor, &patch) == 0) {
    add("AscendCL", fmt::format("{}.{}.{}", major, minor, patch));
  }
  return text;
}

bool has_bf16() {
  const Acl& acl = runtime().acl;
  std::int32_t value = 0;
  return acl.aclGetCannAttribute == nullptr || acl.aclGetCannAttribute(kCannHasBf16, &value) != 0 ||
         value != 0;
}

void add_seat(std::uint32_t index, sdk::Pairs& properties) {
  const auto number = driver_number(index);
  if (const auto seat = seat_of_device(index)) {
    properties.emplace_back("chip", std::to_string(seat->card));
    properties.emplace_back("die", std::to_string(seat->device));
    properties.emplace_back("chip.source", "DCMI: card and device");
  } else if (!number) {
    constexpr const char* kWhy =
        "ASCEND_RT_VISIBLE_DEVICES renumbers the devices, and this CANN cannot say how: it lacks "
        "aclrtGetLogicDevIdByUserDevId";
    properties.emplace_back("chip.source", fmt::format("unknown: {}", kWhy));
    properties.emplace_back("sensors", fmt::format("none: {}", kWhy));
  } else if (is_two_die_package()) {
    properties.emplace_back("chip", std::to_string(*number / 2));
    properties.emplace_back("die", std::to_string(*number % 2));
    properties.emplace_back("chip.source", "assumed: device / 2, because DCMI does not report it");
  }
  if (is_two_die_package()) properties.emplace_back("chip.dies", "2");
}

void add_sensors(const Seat& seat, sdk::DeviceDescription& out) {
  out.clock_hz = rated_clock_hz(runtime().dcmi, seat);
  if (out.clock_hz > 0) {
    out.properties.emplace_back("clock.source", "DCMI: the rated clock of the AI cores");
  }
  if (!is_two_die_package()) return;
  out.properties.emplace_back("power.scope",
                              reports_power(seat)
                                  ? "the whole package of 2 dies"
                                  : "none: die 0 of the package reports the power of both dies");
}

}  // namespace

sdk::Findings findings() {
  const Runtime& all = runtime();
  sdk::Findings out{all.devices, all.failure, all.hint, all.details};
  if (all.devices > 0) out.summary = fmt::format("{} {}", all.devices, all.soc);
  return out;
}

sdk::DeviceDescription describe(std::uint32_t index) {
  const Runtime& all = runtime();
  sdk::DeviceDescription out;
  out.name = all.soc.empty() ? "Ascend" : all.soc;
  out.vendor = "Huawei";
  out.kind = "npu";
  out.driver = versions();
  out.types = has_bf16() ? "f32 f16 bf16 i8" : "f32 f16 i8";
  out.memory_bytes = memory_bytes(index);
  out.cache_bytes = cache_bytes(index);
  out.compute_units =
      static_cast<std::uint32_t>(attribute(index, kAttributeAiCores, kCapabilityAiCores));
  add_seat(index, out.properties);
  if (const auto seat = seat_of_device(index)) add_sensors(*seat, out);
  return out;
}

}  // namespace assay::backends::ascend
