// MetaX's management library: steady readings.
#include <cstdio>
#include <cstring>

#include "tests/fakes/cudalike/machine.h"

using namespace assay::fakes;
using namespace assay::fakes::cudalike;

namespace {

constexpr Status kBadDevice = 3, kBadArgument = 4, kSmallBuffer = 5;
bool initialised = false;

bool is_device_index(unsigned index) {
  return initialised && index < static_cast<unsigned>(machine().devices);
}

/// mxSmlDeviceInfo_t.
struct DeviceInfo {
  unsigned device, type;
  char bus_id[32];
  unsigned gpu, node;
  char uuid[96];
  unsigned brand, mode;
  char name[32];
};

struct Way {
  unsigned millivolts, milliamperes, milliwatts;
};

}  // namespace

FAKE_EXPORT Status mxSmlInit() {
  initialised = true;
  return kOk;
}

FAKE_EXPORT unsigned mxSmlGetDeviceCount() {
  return static_cast<unsigned>(machine().devices);
}

FAKE_EXPORT Status mxSmlGetDeviceInfo(unsigned index, DeviceInfo* info) {
  if (!is_device_index(index)) return kBadDevice;
  std::memset(info, 0x7f, sizeof *info);
  // Its order is not the runtime's.
  const unsigned number = static_cast<unsigned>(machine().devices) - index;
  std::snprintf(info->bus_id, sizeof info->bus_id, "0000:%02x:00.0", number);
  return kOk;
}

FAKE_EXPORT Status mxSmlGetBoardPowerInfo(unsigned index, unsigned* count, Way* ways) {
  if (!is_device_index(index)) return kBadDevice;
  constexpr unsigned kWays = 3;
  const bool fits = *count >= kWays;
  *count = kWays;
  if (!fits) return kSmallBuffer;
  for (unsigned i = 0; i < kWays; ++i) ways[i] = {12'000, 3'333, 40'000};
  return kOk;
}

FAKE_EXPORT Status mxSmlGetBoardPowerLimit(unsigned index, unsigned* milliwatts) {
  if (!is_device_index(index)) return kBadDevice;
  *milliwatts = 250'000;
  return kOk;
}

FAKE_EXPORT Status mxSmlGetClocks(unsigned index, int kind, unsigned* count, unsigned* megahertz) {
  if (!is_device_index(index)) return kBadDevice;
  if ((kind != 3 && kind != 11) || *count < 2) return kBadArgument;
  *count = 2;
  megahertz[0] = megahertz[1] = kind == 11 ? 1400 : 1000;
  return kOk;
}

FAKE_EXPORT Status mxSmlGetTemperatureInfo(unsigned index, int sensor, int* hundredths) {
  if (!is_device_index(index)) return kBadDevice;
  if (sensor != 0) return kBadArgument;
  *hundredths = 4500;
  return kOk;
}
