// The driver's calls about devices.
#include <cstdio>
#include <cstring>

#include "tests/fakes/cudalike/machine.h"

using namespace assay::fakes;
using namespace assay::fakes::cudalike;

namespace {

Status ready(int device) {
  if (!machine().driver_is_up) return kNotInitialised;
  return device >= 0 && device < machine().devices ? kOk : kInvalidDevice;
}

}  // namespace

FAKE_EXPORT Status DRIVER(Init)(unsigned flags) {
  FAKE_ENTER(entered);
  if (flags != 0) return kInvalid;
  if (machine().devices == 0) return kNoDevice;
  machine().driver_is_up = true;
  return kOk;
}

FAKE_EXPORT Status DRIVER(DeviceGet)(int* device, int ordinal) {
  FAKE_ENTER(entered);
  if (device == nullptr) return kInvalid;
  if (const Status bad = ready(ordinal); bad != kOk) return bad;
  *device = ordinal;
  return kOk;
}

FAKE_EXPORT Status DRIVER(DeviceGetName)(char* name, int length, int device) {
  FAKE_ENTER(entered);
  if (name == nullptr || length <= 0) return kInvalid;
  if (const Status bad = ready(device); bad != kOk) return bad;
  std::snprintf(name, static_cast<std::size_t>(length), "Pretended %s GPU", ASSAY_FAKE_VENDOR);
  return kOk;
}

#ifdef FAKE_UUID
FAKE_EXPORT Status FAKE_UUID(void* id, int device) {
  FAKE_ENTER(entered);
  if (id == nullptr) return kInvalid;
  if (const Status bad = ready(device); bad != kOk) return bad;
#ifdef FAKE_UUID_IS_TEXT
  std::memcpy(id, "5a5a5a5a5a5a5a50", 16);
  static_cast<char*>(id)[15] = static_cast<char>('0' + device);
#else
  std::memset(id, 0x5a, 16);
  static_cast<unsigned char*>(id)[15] = static_cast<unsigned char>(device);
#endif
  return kOk;
}
#endif

FAKE_EXPORT Status FAKE_TOTAL_MEMORY(std::size_t* bytes, int device) {
  FAKE_ENTER(entered);
  if (bytes == nullptr) return kInvalid;
  if (const Status bad = ready(device); bad != kOk) return bad;
  *bytes = machine().memory.capacity();
  return kOk;
}

#ifdef FAKE_DRIVER_ERROR_STRING
FAKE_EXPORT Status FAKE_DRIVER_ERROR_STRING(Status status, const char** text) {
  if (text == nullptr) return kInvalid;
  *text = words(status);
  return kOk;
}
#endif
