// MUSA's names; numbers are CUDA's but for muBLAS's operations and algorithm. Its statuses are not
// public and stand as cuBLAS's.
#pragma once

#define FAKE_RUNTIME musa
#define FAKE_DRIVER mu
#define FAKE_BLAS mublas
#define FAKE_COMPILER mtrtc
#define FAKE_COLLECTIVES mccl

#define FAKE_MALLOC musaMalloc
#define FAKE_HOST_ALLOC musaHostAlloc
#define FAKE_HOST_FREE musaFreeHost
#define FAKE_UUID muDeviceGetUuid
#define FAKE_TOTAL_MEMORY muDeviceTotalMem_v2
#define FAKE_LAUNCH muLaunchKernel
#define FAKE_DRIVER_ERROR_STRING muGetErrorString
#define FAKE_BLAS_CREATE mublasCreate
#define FAKE_BLAS_DESTROY mublasDestroy
#define FAKE_BLAS_SET_STREAM mublasSetStream
#define FAKE_BLAS_GET_VERSION mublasGetVersion
#define FAKE_GEMM mublasGemmEx
#define FAKE_GEMM_BATCHED mublasGemmStridedBatchedEx
#define FAKE_CODE_SIZE mtrtcGetMUSASize
#define FAKE_CODE mtrtcGetMUSA

namespace assay::fakes::cudalike {

struct Attributes {
  static constexpr int threads = 1, local = 8, subgroup = 10, clock = 13, units = 16,
                       memory_clock = 36, bus = 37, cache = 38, major = 75, minor = 76,
                       local_opt_in = 97;
};
inline constexpr int kVersion = 40030, kSubgroup = 32, kLocalMost = 73 << 10, kLocalFree = 48 << 10;

struct BlasStatus {
  static constexpr int not_initialised = 1, no_memory = 3, invalid = 7, architecture = 8,
                       execution = 13, unsupported = 15;
};
struct BlasNumbers {
  static constexpr int none = 111, transpose = 112, f32 = 68, f64 = 70, i32 = 72, tf32 = 77,
                       algorithm_least = 0, algorithm_most = 1, tensor_least = 0, tensor_most = 1;
};

}  // namespace assay::fakes::cudalike
