// Moore Threads' management library: steady readings.
#include <cstdio>
#include <string>

#include "tests/fakes/cudalike/machine.h"

using namespace assay::fakes;
using namespace assay::fakes::cudalike;

namespace {

constexpr Status kBadArgument = 2, kNoSuchDevice = 6;

int library = 0;
int devices[16], gpus[16];  ///< their addresses are handles

template <class Value>
Status mtml_answered(const void* handle, const int* handles, Value* to, Value value) {
  const auto* const asked = static_cast<const int*>(handle);
  if (asked < handles || asked >= handles + machine().devices || to == nullptr) return kBadArgument;
  *to = value;
  return kOk;
}

}  // namespace

FAKE_EXPORT Status mtmlLibraryInit(void** made) {
  *made = &library;
  return kOk;
}

FAKE_EXPORT Status mtmlLibraryShutDown(void* asked) {
  return asked == &library ? kOk : kBadArgument;
}

FAKE_EXPORT Status mtmlLibraryInitDeviceByPciSbdf(const void* asked, const char* bus,
                                                  void** device) {
  unsigned number = 0;
  if (asked != &library || device == nullptr) return kBadArgument;
  // Its domain has eight digits.
  if (std::sscanf(bus, "00000000:%x:00.0", &number) != 1 || std::string(bus).size() != 16) {
    return kNoSuchDevice;
  }
  if (number < 1 || number > static_cast<unsigned>(machine().devices)) return kNoSuchDevice;
  *device = devices + (number - 1);
  return kOk;
}

FAKE_EXPORT Status mtmlLibraryFreeDevice(void*) {
  return kOk;
}

FAKE_EXPORT Status mtmlDeviceInitGpu(const void* device, void** gpu) {
  const auto* const asked = static_cast<const int*>(device);
  if (asked < devices || asked >= devices + machine().devices) return kBadArgument;
  *gpu = gpus + (asked - devices);
  return kOk;
}

FAKE_EXPORT Status mtmlDeviceFreeGpu(void*) {
  return kOk;
}

FAKE_EXPORT Status mtmlDeviceGetPowerUsage(const void* device, unsigned* milliwatts) {
  return mtml_answered(device, devices, milliwatts, 120'000U);
}

FAKE_EXPORT Status mtmlGpuGetClock(const void* gpu, unsigned* megahertz) {
  return mtml_answered(gpu, gpus, megahertz, 1400U);
}

FAKE_EXPORT Status mtmlGpuGetTemperature(const void* gpu, int* celsius) {
  return mtml_answered(gpu, gpus, celsius, 45);
}
