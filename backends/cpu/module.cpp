// The CPU behind the C interface.
#include "backends/sdk/module.h"

#include "backends/cpu/description.h"
#include "backends/cpu/device.h"

namespace assay::backends::cpu {
namespace {

struct Family {
  static constexpr const char *name = "cpu", *version = ASSAY_CPU_VERSION,
                              *description = "this machine's own processors";
  /// Of OpenMP's runtimes (GNU's, LLVM's and Intel's), OpenBLAS, oneDNN, oneTBB, hwloc, and of the
  /// BLAS libraries that may stand in for OpenBLAS.
  static constexpr const char* environment_variables[] = {
      "OMP_*",  "GOMP_*", "KMP_*",    "OPENBLAS_*", "GOTO_*", "MKL_*",
      "BLIS_*", "DNNL_*", "ONEDNN_*", "TBB_*",      "HWLOC_*"};
  using Buffer = cpu::Buffer;
  using Executable = Prepared;
  using Device = cpu::Device;

  static sdk::Findings probe() { return findings(); }
  static sdk::DeviceDescription describe(std::uint32_t) { return cpu::description(); }
  static std::unique_ptr<Device> open(std::uint32_t, unsigned threads) {
    return std::make_unique<Device>(threads);
  }
};

}  // namespace
}  // namespace assay::backends::cpu

ASSAY_MODULE(assay::backends::cpu::Family)
