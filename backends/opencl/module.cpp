// Any device with an OpenCL 1.2 driver, behind the C interface.
#include "backends/sdk/module.h"

#include "backends/opencl/device.h"

namespace assay::backends::opencl {
namespace {

struct Family {
  static constexpr const char* name = "opencl";
  static constexpr const char* version = ASSAY_OPENCL_VERSION;
  static constexpr const char* description = "any device with an OpenCL 1.2 driver";

  /// Of the loaders (ocl-icd's and Khronos's), CLBlast, and the drivers that may lie behind them:
  /// PoCL, Intel's for processors (CL_CONFIG_*) and for GPUs, Mesa's rusticl, NVIDIA's and AMD's.
  static constexpr const char* environment_variables[] = {"OCL_ICD_*",
                                                          "OPENCL_*",
                                                          "CLBLAST_*",
                                                          "POCL_*",
                                                          "CL_*",
                                                          "NEO_*",
                                                          "ZE_AFFINITY_MASK",
                                                          "RUSTICL_*",
                                                          "CUDA_*",
                                                          "GPU_*",
                                                          "AMD_OCL_*",
                                                          "HSA_*",
                                                          "ROCR_*",
                                                          "ASSAY_OPENCL_LIBRARY",
                                                          "ASSAY_CLBLAST_LIBRARY"};
  using Device = opencl::Device;
  using Buffer = opencl::Buffer;
  using Executable = opencl::Executable;

  static sdk::Findings probe() { return findings(); }
  static sdk::DeviceDescription describe(std::uint32_t index) {
    return opencl::description(found_devices().at(index));
  }
  static std::unique_ptr<Device> open(std::uint32_t index, const assay_open_options& options) {
    return std::make_unique<Device>(found_devices().at(index), options);
  }
};

}  // namespace
}  // namespace assay::backends::opencl

ASSAY_MODULE(assay::backends::opencl::Family)
