// MetaX. Runtime names: Mooncake's gpu_vendor/maca.h (mcMallocHost takes flags). Attribute numbers:
// the order of mcDeviceAttribute_t in a binding's declaration, from 0. mcBLAS: numbers in a ctypes
// binding that runs on a C500 (operation N 0, bf16 14, compute 68, algorithm -1), names in its
// guide. MCRTC hands out bitcode, which mcModuleLoadData takes. Alpha and beta are floats.
#include "backends/cudalike/dialect.h"

namespace assay::backends::cudalike {

extern const Dialect metax_dialect;

namespace {

/// HPCC, MetaX's SDK with the names hc*: InfiniCore's metax_ht2mc.h pairs them with MACA's one by
/// one, cupy's fork for HPCC lists its attributes in MACA's order, and InfiniTensor's operators-rs
/// loads modules and multiplies with them. Kernels: its language differs from MACA's and is
/// untried.
const Dialect& of_hpcc() {
  static const Dialect other = [] {
    Dialect metax = metax_dialect;
    metax.libraries.runtime = metax.libraries.driver = {"libhcruntime.so"};
    metax.libraries.blas = {"libhcblas.so"};
    metax.libraries.blas_lt = {"libhcblasLt.so", "libhcblas.so"};
    metax.libraries.collectives = {"libhccl.so"};
    metax.libraries.compiler = {};
    metax.runtime_prefix = metax.driver_prefix = "hc";
    metax.blas_prefix = "hcblas";
    metax.blas_lt_prefix = "hcblasLt";
    metax.collectives_prefix = "hccl";
    metax.names = {{"cudaHostAlloc", {"hcMallocHost"}}, {"cuGetErrorString", {}}};
    return metax;
  }();
  return other;
}

}  // namespace

const Dialect metax_dialect = {
    .name = "metax",
    .vendor = "MetaX",
    .description = "MetaX GPUs through MACA",
    .home_variables = {"MACA_PATH", "MACA_HOME", "MACA_ROOT", "HPCC_PATH"},
    .homes = {"/opt/maca", "/opt/hpcc"},
    .environment_variables = {"MACA_*", "MCCL_*", "MCBLAS_*", "HPCC_*", "HCCL_*",
                              "CUDA_VISIBLE_DEVICES", "FORCE_ACTIVATE_WAIT",
                              "SET_DEVICE_NUMA_PREFERRED", "ISU_FASTMODEL"},
    .libraries = {.runtime = {"libmcruntime.so", "libhcruntime.so"},
                  .driver = {"libmcruntime.so"},
                  .blas = {"libmcblas.so"},
                  .blas_lt = {"libmcblasLt.so", "libmcblas.so"},
                  .compiler = {"libmcrtc.so", "libmcruntime.so"},
                  .sensors = {"libmxsml.so", "/opt/mxdriver/lib/libmxsml.so"},
                  .collectives = {"libmccl.so"}},
    .signs = {.device_files = {"mxcd", "mxgvm*"}},  // remembered
    .runtime_prefix = "mc",
    .driver_prefix = "mc",
    .blas_prefix = "mcblas",
    .blas_lt_prefix = "mcblasLt",
    .compiler_prefix = "mcrtc",
    .collectives_prefix = "mccl",
    .names = {{"cudaHostAlloc", {"mcMallocHost"}},
              {"cuGetErrorString", {}},  // the runtime's mcGetErrorString has other parameters
              {"cuLaunchKernel", {"mcModuleLaunchKernel"}},
              {"nvrtcGetCUBINSize", {"mcrtcGetBitcodeSize"}},
              {"nvrtcGetCUBIN", {"mcrtcGetBitcode"}}},
    .attributes = {.threads_per_group = 0,
                   .local_memory = 7,
                   .subgroup = 10,
                   .clock_khz = 13,
                   .compute_units = 16,
                   .memory_clock_khz = 14,
                   .memory_bus_bits = 15,
                   .l2_bytes = 18,
                   .major = 21,
                   .minor = 22,
                   .local_memory_opt_in = -1},
    .types = {{"f64", 0}, {"f32", 0}, {"bf16", 0}, {"f16", 0}, {"i8", 0}},
    .prelude = "maca",
    .compiler_options = {"-x maca", "-std=c++17"},
    .sensors = "mxsml",
    .no_attention = "mcDNN's and MetaX's flash attention have no C interface that is public",
    .pci_vendor = 0x9999,
    .other_names = of_hpcc};

}  // namespace assay::backends::cudalike
