// Hygon DCU: DTK's HIP, an offshoot of ROCm in libgalaxyhip.so (read in projects built on it, whose
// loader errors name libgalaxyhip.so.5 in /opt/dtk/hip/lib). Numbers as AMD's of the same release;
// hipBLAS with the _v2 names. DTK's libcudart is not used, because it only wraps HIP.
#include "backends/cudalike/hip_dialect.h"

namespace assay::backends::cudalike {

extern const Dialect hygon_dialect;

const Dialect hygon_dialect = [] {
  Dialect hygon = hip_dialect();
  hygon.name = "hygon";
  hygon.vendor = "Hygon";
  hygon.description = "Hygon DCUs through DTK's HIP";
  hygon.home_variables = {"DTK_ROOT", "DTKROOT", "DTK_HOME"};
  hygon.homes = {"/opt/dtk", "/opt/dtk/hip"};
  hygon.environment_variables.insert(hygon.environment_variables.end(), {"DTK_*", "DTKROOT"});
  const Texts hip = {"libgalaxyhip.so", "libgalaxyhip.so.5", "libamdhip64.so"};
  hygon.libraries = {.runtime = hip,
                     .driver = hip,
                     .blas = {"libhipblas.so"},
                     .blas_lt = {"libhipblaslt.so"},
                     .compiler = {"libhiprtc.so", "libgalaxyhip.so"},
                     .sensors = {"librocm_smi64.so", "librocm_smi64.so.2"},
                     .collectives = {"librccl.so", "librccl.so.1", "libnccl.so"}};
  hygon.signs = {
      .folders = {"/dtk"}, .symbols = {"hsa_hygon_init"}, .device_files = {"kfd", "mkfd"}};
  hygon.tile_multiplies = {};  // its matrix instructions are not AMD's
  hygon.no_attention = "DTK's attention kernels have no C interface that is public";
  hygon.pci_vendor = 0x1d94;
  return hygon;
}();

}  // namespace assay::backends::cudalike
