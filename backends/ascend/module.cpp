#include "backends/sdk/module.h"

#include "backends/ascend/description.h"
#include "backends/ascend/device.h"

namespace assay::backends::ascend {
namespace {

struct Family {
  static constexpr const char *name = "ascend", *version = ASSAY_ASCEND_VERSION,
                              *description = "Huawei Ascend through AscendCL and aclnn";
  using Buffer = Memory;
  using Executable = ascend::Device::Executable;
  using Device = ascend::Device;

  static sdk::Findings probe() { return findings(); }
  static sdk::DeviceDescription describe(std::uint32_t index) { return ascend::describe(index); }
  static std::unique_ptr<Device> open(std::uint32_t index, unsigned /*threads*/) {
    return std::make_unique<Device>(index);
  }
};

}  // namespace
}  // namespace assay::backends::ascend

ASSAY_MODULE(assay::backends::ascend::Family)
