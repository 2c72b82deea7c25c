// NVML and its copies: readings that tell whether the device has work, and energy that grows with
// the launches.
//   ASSAY_FAKE_BUSY_CLOCK  MHz while work is queued (1400, as when there is none)
//   ASSAY_FAKE_MIG         the GPU is divided, where it is set
//   ASSAY_FAKE_LIMIT       the field whose counter of violation time grows with the work
#include <chrono>
#include <cstdio>
#include <cstring>

#include "tests/fakes/cudalike/machine.h"

using namespace assay::fakes;
using namespace assay::fakes::cudalike;

namespace {

// Of nvmlReturn_t.
constexpr Status kUninitialised = 1, kBadArgument = 2, kUnsupported = 3, kAbsent = 6,
                 kUnknown = 999;

std::atomic<int> users = 0;
int marks[16];  ///< their addresses are the devices' handles

Status known(const void* device) {
  if (users == 0) return kUninitialised;
  const auto* const mark = static_cast<const int*>(device);
  return mark >= marks && mark < marks + machine().devices ? kOk : kBadArgument;
}

Status answered(const char* call, const void* device, auto* to, auto value) {
  if (fault_of(call) == Fault::fail) return kUnknown;
  if (const Status bad = known(device); bad != kOk) return bad;
  if (to == nullptr) return kBadArgument;
  *to = value;
  return kOk;
}

/// nvmlFieldValue_t.
struct FieldValue {
  unsigned field, scope;
  long long timestamp, latency;
  int type, status;
  unsigned long long value;
};

bool busy() {
  const std::lock_guard lock(machine().mutex);
  for (const Stream* stream : machine().streams) {
    if (!stream->work.idle()) return true;
  }
  return false;
}

}  // namespace

FAKE_EXPORT Status SENSORS(Init_v2)() {
  if (fault_of(__func__) == Fault::fail) return kUnknown;
  ++users;
  return kOk;
}

FAKE_EXPORT Status SENSORS(Shutdown)() {
  if (users == 0) return kUninitialised;
  --users;
  return kOk;
}

FAKE_EXPORT const char* SENSORS(ErrorString)(Status status) {
  return status == kOk ? "Success" : "Unknown Error";
}

FAKE_EXPORT Status SENSORS(DeviceGetHandleByPciBusId_v2)(const char* bus, void** device) {
  if (users == 0) return kUninitialised;
  if (bus == nullptr || device == nullptr) return kBadArgument;
  unsigned number = 0;
  if (std::sscanf(bus, "0000:%x:00.0", &number) != 1) return kBadArgument;
  if (number < 1 || number > static_cast<unsigned>(machine().devices)) return kAbsent;
  *device = marks + (number - 1);
  return kOk;
}

#ifdef FAKE_SENSORS_HAVE_FIELDS
/// A mean over the last second, most of which it was idle in these short tests.
FAKE_EXPORT Status SENSORS(DeviceGetPowerUsage)(void* device, unsigned* milliwatts) {
  return answered(__func__, device, milliwatts, 70'000U);
}

FAKE_EXPORT Status SENSORS(DeviceGetFieldValues)(void* device, int count, FieldValue* values) {
  if (fault_of(__func__) == Fault::fail) return kUnknown;
  if (const Status bad = known(device); bad != kOk) return bad;
  if (count < 1 || values == nullptr) return kBadArgument;
  static unsigned long long counted = 0;
  for (FieldValue* one = values; one != values + count; ++one) {
    one->status = kOk;
    if (one->field == 186) {
      one->type = 1;
      one->value = busy() ? 120'000U : 60'000U;
    } else if (one->field == 74 || (one->field >= 251 && one->field <= 253)) {
      one->type = 3;
      // All the time that work was queued when it was looked at has been one of this limit.
      counted += busy() ? 100'000'000 : 0;
      const auto limited = static_cast<unsigned>(number_setting("ASSAY_FAKE_LIMIT", 0));
      one->value = one->field == limited ? counted : 0;
    } else {
      one->status = kUnsupported;
    }
  }
  return kOk;
}
#else
FAKE_EXPORT Status SENSORS(DeviceGetPowerUsage)(void* device, unsigned* milliwatts) {
  return answered(__func__, device, milliwatts, 120'000U);
}
#endif

FAKE_EXPORT Status SENSORS(DeviceGetEnforcedPowerLimit)(void* device, unsigned* milliwatts) {
  return answered(__func__, device, milliwatts, 250'000U);
}

FAKE_EXPORT Status SENSORS(DeviceGetClockInfo)(void* device, int clock, unsigned* megahertz) {
  if (clock < 0 || clock > 3) return kBadArgument;
  // The chip recovers as soon as it has nothing to do.
  const auto in_work = static_cast<unsigned>(number_setting("ASSAY_FAKE_BUSY_CLOCK", 1400));
  return answered(__func__, device, megahertz, clock == 2 ? 1000U : busy() ? in_work : 1400U);
}

FAKE_EXPORT Status SENSORS(DeviceGetTemperature)(void* device, int sensor, unsigned* celsius) {
  if (sensor != 0) return kBadArgument;
  return answered(__func__, device, celsius, 45U);
}

FAKE_EXPORT Status SENSORS(SystemGetDriverVersion)(char* version, unsigned length) {
  if (users == 0) return kUninitialised;
  std::snprintf(version, length, "550.0 (pretended)");
  return kOk;
}

#ifndef FAKE_SENSORS_ARE_FEW
FAKE_EXPORT Status SENSORS(DeviceGetTotalEnergyConsumption)(void* device,
                                                            unsigned long long* millijoules) {
  return answered(__func__, device, millijoules, 1'000'000ULL + 20 * machine().launches.load());
}

FAKE_EXPORT Status SENSORS(DeviceGetCurrentClocksThrottleReasons)(void* device,
                                                                  unsigned long long* reasons) {
  return answered(__func__, device, reasons,
                  static_cast<unsigned long long>(number_setting("ASSAY_FAKE_THROTTLE", 0)));
}

FAKE_EXPORT Status SENSORS(DeviceGetSerial)(void* device, char* serial, unsigned length) {
  if (const Status bad = known(device); bad != kOk) return bad;
  std::snprintf(serial, length, "pretended");
  return kOk;
}

FAKE_EXPORT Status SENSORS(DeviceGetEccMode)(void* device, int* now, int* pending) {
  if (const Status bad = known(device); bad != kOk) return bad;
  *now = *pending = 1;
  return kOk;
}

FAKE_EXPORT Status SENSORS(DeviceGetMigMode)(void* device, unsigned* now, unsigned* pending) {
  if (const Status bad = known(device); bad != kOk) return bad;
  if (text_setting("ASSAY_FAKE_MIG", "").empty()) return kUnsupported;
  *now = *pending = 1;
  return kOk;
}
#endif
