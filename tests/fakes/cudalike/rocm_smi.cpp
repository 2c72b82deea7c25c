// ROCm SMI: steady readings, and energy that grows with the launches.
#include "tests/fakes/cudalike/machine.h"

using namespace assay::fakes;
using namespace assay::fakes::cudalike;

namespace {

// Of rsmi_status_t.
constexpr Status kBadArgument = 1, kUnsupported = 2, kUninitialised = 12, kUnknown = 0xffff;

std::atomic<int> users = 0;

Status smi_answered(const char* call, std::uint32_t device, auto* to, auto value) {
  if (fault_of(call) == Fault::fail) return kUnknown;
  if (users == 0) return kUninitialised;
  if (to == nullptr || device >= static_cast<std::uint32_t>(machine().devices)) return kBadArgument;
  *to = value;
  return kOk;
}

}  // namespace

FAKE_EXPORT Status rsmi_init(std::uint64_t) {
  if (fault_of(__func__) == Fault::fail) return kUnknown;
  ++users;
  return kOk;
}

FAKE_EXPORT Status rsmi_shut_down() {
  if (users == 0) return kUninitialised;
  --users;
  return kOk;
}

FAKE_EXPORT Status rsmi_num_monitor_devices(std::uint32_t* count) {
  return smi_answered(__func__, 0, count, static_cast<std::uint32_t>(machine().devices));
}

FAKE_EXPORT Status rsmi_dev_pci_id_get(std::uint32_t device, std::uint64_t* id) {
  return smi_answered(__func__, device, id, std::uint64_t{device + 1} << 8);
}

FAKE_EXPORT Status rsmi_dev_power_ave_get(std::uint32_t device, std::uint32_t,
                                          std::uint64_t* microwatts) {
  if (machine().capability == 94) return kUnsupported;  // an MI300 has no average
  return smi_answered(__func__, device, microwatts, std::uint64_t{120'000'000});
}

FAKE_EXPORT Status rsmi_dev_power_cap_get(std::uint32_t device, std::uint32_t,
                                          std::uint64_t* microwatts) {
  return smi_answered(__func__, device, microwatts, std::uint64_t{300'000'000});
}

FAKE_EXPORT Status rsmi_dev_energy_count_get(std::uint32_t device, std::uint64_t* count,
                                             float* microjoules, std::uint64_t* nanoseconds) {
  if (microjoules == nullptr || nanoseconds == nullptr) return kBadArgument;
  *microjoules = 15.3F;
  *nanoseconds = machine().launches.load();
  return smi_answered(__func__, device, count, 1'000'000 + 1000 * machine().launches.load());
}

FAKE_EXPORT Status rsmi_dev_temp_metric_get(std::uint32_t device, std::uint32_t sensor, int,
                                            std::int64_t* millidegrees) {
  constexpr std::uint32_t kEdge = 0, kJunction = 1;
  if (sensor != kEdge && sensor != kJunction) return kBadArgument;
  return smi_answered(__func__, device, millidegrees,
                      std::int64_t{sensor == kEdge ? 45'000 : 58'000});
}
