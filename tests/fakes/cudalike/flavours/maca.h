// MACA's names; attribute numbers in the order of mcDeviceAttribute_t; mcBLAS's numbers are
// cuBLAS's. Its statuses are not public and stand as cuBLAS's.
#pragma once

#define FAKE_RUNTIME mc
#define FAKE_DRIVER mc
#define FAKE_BLAS mcblas
#define FAKE_COMPILER mcrtc
#define FAKE_COLLECTIVES mccl

#define FAKE_MALLOC mcMalloc
#define FAKE_HOST_ALLOC mcMallocHost
#define FAKE_HOST_FREE mcFreeHost
#define FAKE_UUID mcDeviceGetUuid
#define FAKE_TOTAL_MEMORY mcDeviceTotalMem
#define FAKE_LAUNCH mcModuleLaunchKernel
#define FAKE_BLAS_CREATE mcblasCreate
#define FAKE_BLAS_DESTROY mcblasDestroy
#define FAKE_BLAS_SET_STREAM mcblasSetStream
#define FAKE_BLAS_GET_VERSION mcblasGetVersion
#define FAKE_BLAS_SET_MATH_MODE mcblasSetMathMode
#define FAKE_GEMM mcblasGemmEx
#define FAKE_GEMM_BATCHED mcblasGemmStridedBatchedEx
#define FAKE_CODE_SIZE mcrtcGetBitcodeSize
#define FAKE_CODE mcrtcGetBitcode

namespace assay::fakes::cudalike {

struct Attributes {
  static constexpr int threads = 0, local = 7, subgroup = 10, clock = 13, units = 16,
                       memory_clock = 14, bus = 15, cache = 18, major = 21, minor = 22,
                       local_opt_in = -1;
};
inline constexpr int kVersion = 2270, kSubgroup = 64, kLocalMost = 64 << 10,
                     kLocalFree = kLocalMost;

struct BlasStatus {
  static constexpr int not_initialised = 1, no_memory = 3, invalid = 7, architecture = 8,
                       execution = 13, unsupported = 15;
};
struct BlasNumbers {
  static constexpr int none = 0, transpose = 1, f32 = 68, f64 = 70, i32 = 72, tf32 = 77,
                       algorithm_least = -1, algorithm_most = 23, tensor_least = 99,
                       tensor_most = 115;
};

}  // namespace assay::fakes::cudalike
