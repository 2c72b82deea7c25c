#include "backends/sdk/module.h"

#include "backends/cambricon/description.h"
#include "backends/cambricon/device.h"

namespace assay::backends::cambricon {
namespace {

struct Family {
  static constexpr const char *name = "cambricon", *version = ASSAY_CAMBRICON_VERSION,
                              *description = "Cambricon MLU through CNRT and CNNL";
  /// Of the driver, the runtime, CNNL and CNCL, and of the toolkit's own scripts.
  static constexpr const char* environment_variables[] = {"MLU_*", "CNRT_*", "CNNL_*", "CNCL_*",
                                                          "NEUWARE_*"};
  using Buffer = Memory;
  using Executable = cambricon::Device::Executable;
  using Device = cambricon::Device;

  static sdk::Findings probe() { return findings(); }
  static sdk::DeviceDescription describe(std::uint32_t index) { return cambricon::describe(index); }
  static std::unique_ptr<Device> open(std::uint32_t index, unsigned /*threads*/) {
    return std::make_unique<Device>(index);
  }
};

}  // namespace
}  // namespace assay::backends::cambricon

ASSAY_MODULE(assay::backends::cambricon::Family)
