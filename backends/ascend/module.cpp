#include "backends/sdk/module.h"

#include "backends/ascend/description.h"
#include "backends/ascend/device.h"

namespace assay::backends::ascend {
namespace {

struct Family {
  static constexpr const char *name = "ascend", *version = ASSAY_ASCEND_VERSION,
                              *description = "Huawei Ascend through AscendCL and aclnn";
  /// Huawei's "Environment variables" of CANN 8.3: those of run time, operators, HCCL and logs;
  /// and what its set_env.sh sets.
  static constexpr const char* environment_variables[] = {"ASCEND_*",
                                                          "HCCL_*",
                                                          "ACL_*",
                                                          "ACLNN_*",
                                                          "AUTO_USE_UC_MEMORY",
                                                          "TE_PARALLEL_COMPILER",
                                                          "MAX_COMPILE_CORE_NUMBER",
                                                          "NPU_COLLECT_PATH",
                                                          "TOOLCHAIN_HOME"};
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
