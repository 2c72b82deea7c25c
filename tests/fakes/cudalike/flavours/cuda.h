// CUDA's own names and numbers: CUDA 13.0's cuda_runtime_api.h, driver_types.h, cublas_api.h,
// nvrtc.h.
#pragma once

#define FAKE_RUNTIME cuda
#define FAKE_DRIVER cu
#define FAKE_BLAS cublas
#define FAKE_LT cublasLt
#define FAKE_COMPILER nvrtc
#define FAKE_COLLECTIVES nccl
#define FAKE_SENSORS nvml
#define FAKE_SENSORS_HAVE_FIELDS

#define FAKE_MALLOC cudaMalloc
#define FAKE_HOST_ALLOC cudaHostAlloc
#define FAKE_HOST_FREE cudaFreeHost
#define FAKE_RESET_PERSISTING cudaCtxResetPersistingL2Cache
#define FAKE_UUID cuDeviceGetUuid_v2
#define FAKE_TOTAL_MEMORY cuDeviceTotalMem_v2
#define FAKE_LAUNCH cuLaunchKernel
#define FAKE_DRIVER_ERROR_STRING cuGetErrorString
#define FAKE_BLAS_CREATE cublasCreate_v2
#define FAKE_BLAS_DESTROY cublasDestroy_v2
#define FAKE_BLAS_SET_STREAM cublasSetStream_v2
#define FAKE_BLAS_SET_WORKSPACE cublasSetWorkspace_v2
#define FAKE_BLAS_GET_VERSION cublasGetVersion_v2
#define FAKE_BLAS_SET_MATH_MODE cublasSetMathMode
#define FAKE_BLAS_STATUS_STRING cublasGetStatusString
#define FAKE_GEMM cublasGemmEx
#define FAKE_GEMM_BATCHED cublasGemmStridedBatchedEx
#define FAKE_CODE_SIZE nvrtcGetCUBINSize
#define FAKE_CODE nvrtcGetCUBIN
#define FAKE_PTX_SIZE nvrtcGetPTXSize
#define FAKE_PTX nvrtcGetPTX

namespace assay::fakes::cudalike {

struct Attributes {
  static constexpr int threads = 1, local = 8, subgroup = 10, clock = 13, units = 16,
                       memory_clock = 36, bus = 37, cache = 38, major = 75, minor = 76,
                       local_opt_in = 97;
};
inline constexpr int kVersion = 12040, kSubgroup = 32, kLocalMost = 99 << 10, kLocalFree = 48 << 10;

struct BlasStatus {
  static constexpr int not_initialised = 1, no_memory = 3, invalid = 7, architecture = 8,
                       execution = 13, unsupported = 15;
};
struct BlasNumbers {
  static constexpr int none = 0, transpose = 1, f32 = 68, f64 = 70, i32 = 72, tf32 = 77,
                       algorithm_least = -1, algorithm_most = 23, tensor_least = 99,
                       tensor_most = 115;
};
struct LtNumbers {
  static constexpr int transpose_a = 3, transpose_b = 4, fast_accumulation = 25, batch = 5,
                       offset = 6, workspace = 1, reductions = 3, algorithm_words = 8;
};

}  // namespace assay::fakes::cudalike
