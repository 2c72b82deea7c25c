// Runtime, driver, modules and compiler: Debian's libamdhip64-dev 5.2.3, hip_runtime_api.h and
// hiprtc.h (attribute numbers kept since). hipBLAS: hipblas.h of ROCm 6 and 7 (operations 111 and
// 112, hipblasComputeType_t 0 to 10, _v2 taking hipDataType until version 3 dropped the suffix);
// hipBLASLt: hipblaslt.h (attributes, algorithm of 16 bytes and a size_t). rocm_smi.h of ROCm 5.
#include "backends/cudalike/hip_dialect.h"

namespace assay::backends::cudalike {

Dialect hip_dialect() {
  return {
      .environment_variables = {"HIP_*", "HSA_*", "ROCR_*", "GPU_*", "AMD_*", "ROC_*", "ROCM_*",
                                "CUDA_VISIBLE_DEVICES", "HIPBLASLT_*", "HIPBLAS_*", "ROCBLAS_*",
                                "RCCL_*", "NCCL_*"},
      .needs_device_file = true,  // 5.2.3 ends in a segmentation fault without a GPU
      .runtime_prefix = "hip",
      .driver_prefix = "hip",
      .blas_prefix = "hipblas",
      .blas_lt_prefix = "hipblasLt",
      .compiler_prefix = "hiprtc",
      .names = {{"cudaHostAlloc", {"hipHostMalloc"}},
                {"cudaFreeHost", {"hipHostFree"}},
                {"cudaCtxResetPersistingL2Cache", {}},
                {"cuDeviceTotalMem", {"hipDeviceTotalMem"}},
                {"cuDeviceGetUuid", {"hipDeviceGetUuid"}},
                {"cuFuncSetAttribute", {}},  // hipFuncSetAttribute takes a host function
                {"cuLaunchKernel", {"hipModuleLaunchKernel"}},
                {"cuGetErrorString", {}},  // hipDrvGetErrorString has other numbers in old releases
                {"nvrtcGetCUBINSize", {"hiprtcGetCodeSize"}},
                {"nvrtcGetCUBIN", {"hiprtcGetCode"}},
                {"cublasGemmEx", {"hipblasGemmEx_v2", "hipblasGemmEx"}},
                {"cublasGemmStridedBatchedEx",
                 {"hipblasGemmStridedBatchedEx_v2", "hipblasGemmStridedBatchedEx"}},
                {"cublasGetVersion", {}},
                {"cublasGetStatusString", {"hipblasStatusToString"}},
                {"cublasSetMathMode", {}},
                {"cublasSetWorkspace", {}},
                {"cublasLtGetVersion", {}},
                {"cublasLtMatmulAlgoConfigGetAttribute", {}}},
      .attributes = {.threads_per_group = 56,
                     .local_memory = 74,
                     .subgroup = 87,
                     .clock_khz = 5,
                     .compute_units = 63,
                     .memory_clock_khz = 60,
                     .memory_bus_bits = 59,
                     .l2_bytes = 19,
                     .major = 23,
                     .minor = 61,
                     .local_memory_opt_in = -1},
      .uuid_is_text = true,  // hipDeviceGetUuid copies what follows "GPU-" in rocminfo
      .blas = {.none = 111,
               .transpose = 112,
               .compute_f32 = 2,
               .compute_f64 = 7,
               .compute_i32 = 9,
               .compute_tf32 = 6,
               .algorithm = 160,
               .out_of_memory = 2,
               .unsupported = {7, 8}},
      .blas_lt = {.transpose_a = 0,
                  .transpose_b = 1,
                  .fast_accumulation = -1,
                  .layout_batch = 0,
                  .layout_offset = 1,
                  .reduction_schemes = -1,
                  .algorithm_bytes = 24},
      .types = {{"f64", 0}, {"f32", 0}, {"bf16", 0}, {"f16", 0}, {"i8", 0}},
      .prelude = "hip",
      .compiler_options = {"-O3", "-std=c++17"},  // the architecture is the current device's
      .sensors = "rocm-smi"};
}

}  // namespace assay::backends::cudalike
