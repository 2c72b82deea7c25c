// AMD.
#include "backends/cudalike/hip_dialect.h"

namespace assay::backends::cudalike {

extern const Dialect amd_dialect;

const Dialect amd_dialect = [] {
  Dialect amd = hip_dialect();
  amd.name = "amd";
  amd.vendor = "AMD";
  amd.description = "AMD GPUs through HIP";
  amd.home_variables = {"ROCM_PATH", "ROCM_HOME", "HIP_PATH"};
  amd.homes = {"/opt/rocm"};
  const Texts hip = {"libamdhip64.so", "libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5"};
  amd.environment_variables.insert(amd.environment_variables.end(), {"MIOPEN_*", "TENSILE_*"});
  amd.libraries = {
      .runtime = hip,
      .driver = hip,
      .blas = {"libhipblas.so", "libhipblas.so.3", "libhipblas.so.2"},
      .blas_lt = {"libhipblaslt.so", "libhipblaslt.so.1", "libhipblaslt.so.0"},
      .compiler = {"libhiprtc.so", "libhiprtc.so.7", "libhiprtc.so.6", "libamdhip64.so"},
      .sensors = {"librocm_smi64.so", "librocm_smi64.so.7", "librocm_smi64.so.1"},
      .collectives = {"librccl.so", "librccl.so.1"}};
  amd.signs = {.device_files = {"kfd"}};
  // Types 28 and 29 are the OCP formats; gfx942's own 8-bit types are others and not offered.
  amd.tile_multiplies = {{"mfma", 64, 90}, {"wmma", 32, 110}};  // CDNA; RDNA 3 and later
  amd.no_attention =
      "AMD's attention kernels have no C interface (Composable Kernel and AITER are C++)";
  // The runtime tells the L2 of one die, 4 MB; all of them share 256 MB of Infinity Cache (CDNA 3
  // and CDNA 4 white papers).
  amd.last_caches = {{94, 256 << 20}, {95, 256 << 20}};
  amd.pci_vendor = 0x1002;
  return amd;
}();

}  // namespace assay::backends::cudalike
