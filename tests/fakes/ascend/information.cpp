// AscendCL's calls about versions and chips, and the driver's management interface.
#include <cstdio>
#include <cstring>

#include "tests/fakes/ascend/machine.h"

using namespace assay::fakes;
using namespace assay::fakes::ascend;

namespace {

/// aclCANNPackageVersion.
struct PackageVersion {
  char version[128];
  char parts[4][64];
  char reserved[128];
};

bool has_bf16() {
  return machine().soc.rfind("Ascend910_93", 0) == 0 || machine().soc.rfind("Ascend910B", 0) == 0;
}

bool has_two_dies() {
  return machine().soc.rfind("Ascend910_93", 0) == 0;
}

}  // namespace

FAKE_EXPORT Status aclrtGetVersion(std::int32_t* major, std::int32_t* minor, std::int32_t* patch) {
  *major = 1, *minor = 13, *patch = 0;
  return kOk;
}

FAKE_EXPORT Status aclsysGetCANNVersion(int package, PackageVersion* version) {
  const std::string cann = text_setting("ASSAY_FAKE_ASCEND_VERSION", "8.1.RC1 (pretended)");
  std::memset(version, 0, sizeof *version);
  std::snprintf(version->version, sizeof version->version, "%s",
                package == 7 ? "24.1.rc3" : cann.c_str());
  return package == 0 || package == 7 ? kOk : kInvalid;
}

FAKE_EXPORT Status aclGetCannAttribute(int attribute, std::int32_t* value) {
  FAKE_ENTER(entered);
  if (attribute != 1) return refuse(kInvalid, "no such attribute");
  *value = has_bf16() ? 1 : 0;
  return kOk;
}

FAKE_EXPORT Status aclGetDeviceCapability(std::uint32_t device, int what, std::int64_t* value) {
  FAKE_ENTER(entered);
  if (static_cast<int>(device) >= machine().devices) return refuse(kRtInvalidDevice, "no device");
  if (what < 0 || what > 2) return refuse(kInvalid, "no such capability");
  constexpr std::int64_t kValues[] = {24, 48, std::int64_t{1} << 20};
  *value = kValues[what];
  return kOk;
}

FAKE_EXPORT int dcmi_init() {
  return number_setting("ASSAY_FAKE_ASCEND_DCMI", 1) != 0 ? 0 : -8005;
}

FAKE_EXPORT int dcmi_get_card_id_device_id_from_logicid(int* card, int* device,
                                                        unsigned int logic) {
  if (static_cast<int>(logic) >= machine().installed) return -8001;
  *card = static_cast<int>(has_two_dies() ? logic / 2 : logic);
  *device = static_cast<int>(has_two_dies() ? logic % 2 : 0);
  return 0;
}

FAKE_EXPORT int dcmi_get_device_power_info(int, int device, int* tenths_of_watt) {
  // A package of two dies has one sensor, which its first die reports.
  if (device != 0 && number_setting("ASSAY_FAKE_ASCEND_BOTH_POWER", 0) == 0) return -8255;
  *tenths_of_watt = 1755;
  return 0;
}

FAKE_EXPORT int dcmi_get_device_temperature(int card, int device, int* celsius) {
  *celsius = 42 + card + 10 * device;
  return 0;
}

FAKE_EXPORT Status assay_fake_ascend_logic_device(std::int32_t user, std::int32_t* logic) {
  FAKE_ENTER_AS(entered, "aclrtGetLogicDevIdByUserDevId");
  if (user < 0 || user >= machine().devices) return refuse(kRtInvalidDevice, "no such device");
  *logic = machine().visible[static_cast<std::size_t>(user)];
  return kOk;
}

FAKE_EXPORT int dcmi_get_device_aicore_info(int, int, unsigned int* clocks_mhz) {
  clocks_mhz[0] = 1800;
  clocks_mhz[1] = 1650;
  return 0;
}

FAKE_EXPORT void assay_fake_ascend_last_copy(LastCopy* out) {
  *out = machine().last_copy;
}

FAKE_EXPORT std::size_t assay_fake_ascend_allocations(int device) {
  return machine().memory.live(device);
}
