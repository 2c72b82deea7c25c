// CNDev's calls. Each fills the whole of its struct, as long as version 5 or 6 has it, so that a
// caller with less room is noticed.
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "tests/fakes/cambricon/machine.h"

using namespace assay::fakes::cambricon;

namespace {

constexpr int kInvalidArgument = 3, kUnsupportedVersion = 5, kNotFound = 7;
/// Handles differ from indices, so that one cannot pass for the other.
constexpr std::int32_t kFirstHandle = 40;

struct Power {
  std::int32_t version, usage, cap, usage_decimal, machine, cap_decimal;
  std::uint16_t thermal, instantaneous, instantaneous_decimal;
};
struct Temperature {
  std::int32_t version, board, cluster[20], memory_die[8], chip, others[6];
};
struct Frequency {
  std::int32_t version, board, memory;
  std::uint8_t flags[2];
  std::uint16_t clusters, cluster[64];
  std::int32_t usual, range[2];
};
struct Count {
  std::int32_t version;
  std::uint32_t number;
};
struct Pcie {
  std::int32_t version;
  std::uint32_t subsystem, id;
  std::uint16_t vendor, subsystem_vendor;
  std::uint32_t domain, bus, device, function;
  const char* slot;
  std::int32_t slot_id;
};

int index_of(std::int32_t handle) {
  const int index = handle - kFirstHandle;
  return index >= 0 && index < machine().devices ? index : -1;
}

/// Whether the call is valid; then all of `out` but its version has been cleared.
template <class Info>
int filled(Info* out, std::int32_t handle) {
  if (out == nullptr || index_of(handle) < 0) return kInvalidArgument;
  if (out->version < 5 || out->version > 6) return kUnsupportedVersion;
  const std::int32_t version = out->version;
  *out = Info{};
  out->version = version;
  return 0;
}

}  // namespace

FAKE_EXPORT int cndevInit(int reserved) {
  FAKE_ENTER(entered);
  return reserved == 0 ? 0 : kInvalidArgument;
}

FAKE_EXPORT int cndevGetDeviceCount(Count* out) {
  FAKE_ENTER(entered);
  if (out->version < 5 || out->version > 6) return kUnsupportedVersion;
  out->number = static_cast<std::uint32_t>(machine().devices);
  return 0;
}

FAKE_EXPORT int cndevGetDeviceHandleByIndex(int index, std::int32_t* handle) {
  FAKE_ENTER(entered);
  if (index < 0 || index >= machine().devices) return kNotFound;
  *handle = kFirstHandle + index;
  return 0;
}

FAKE_EXPORT int cndevGetPCIeInfo(Pcie* out, std::int32_t handle) {
  FAKE_ENTER(entered);
  if (const int bad = filled(out, handle); bad != 0) return bad;
  out->bus = static_cast<std::uint32_t>(index_of(handle) + 1);
  return 0;
}

FAKE_EXPORT int cndevGetPowerInfo(Power* out, std::int32_t handle) {
  FAKE_ENTER(entered);
  if (const int bad = filled(out, handle); bad != 0) return bad;
  out->usage = 120;
  out->cap = 350;
  return 0;
}

#ifndef ASSAY_FAKE_BEFORE_V2
FAKE_EXPORT int cndevGetDeviceHandleByPciBusId(const char* bus, std::int32_t* handle) {
  FAKE_ENTER(entered);
  unsigned number = 0;
  if (std::sscanf(bus, "0000:%2x:00.0", &number) != 1) return kInvalidArgument;
  *handle = kFirstHandle + static_cast<std::int32_t>(number) - 1;
  return index_of(*handle) < 0 ? kNotFound : 0;
}

FAKE_EXPORT int cndevGetDevicePowerInfo(std::int32_t* out, std::int32_t handle) {
  FAKE_ENTER(entered);
  if (index_of(handle) < 0) return kInvalidArgument;
  // Usage, cap, machine, thermal design, most; 16 reserved.
  std::memset(out, 0, 21 * sizeof *out);
  out[0] = 120;
  out[1] = 350;
  return 0;
}
#endif

FAKE_EXPORT int cndevGetTemperatureInfo(Temperature* out, std::int32_t handle) {
  FAKE_ENTER(entered);
  if (const int bad = filled(out, handle); bad != 0) return bad;
  out->board = 45 + index_of(handle);
  return 0;
}

FAKE_EXPORT int cndevGetFrequencyInfo(Frequency* out, std::int32_t handle) {
  FAKE_ENTER(entered);
  if (const int bad = filled(out, handle); bad != 0) return bad;
  out->board = 1400;
  return 0;
}
