// HGGC's names; numbers are CUDA's (acblas_types.h of t-head/triton-for-sail, SAIL SDK's guides).
#pragma once

#define FAKE_RUNTIME hggc
#define FAKE_DRIVER hg
#define FAKE_BLAS acblas
#define FAKE_LT acblasLt
#define FAKE_COMPILER hgrtc
#define FAKE_COLLECTIVES pccl
#define FAKE_SENSORS hgml

#define FAKE_MALLOC hggcMalloc
#define FAKE_HOST_ALLOC hggcHostAlloc
#define FAKE_HOST_FREE hggcFreeHost
#define FAKE_UUID hgDeviceGetUuid_v2
#define FAKE_TOTAL_MEMORY hgDeviceTotalMem_v2
#define FAKE_LAUNCH hgLaunchKernel
#define FAKE_DRIVER_ERROR_STRING hgGetErrorString
#define FAKE_BLAS_CREATE acblasCreate_v2
#define FAKE_BLAS_DESTROY acblasDestroy_v2
#define FAKE_BLAS_SET_STREAM acblasSetStream_v2
#define FAKE_BLAS_GET_VERSION acblasGetVersion_v2
#define FAKE_BLAS_SET_MATH_MODE acblasSetMathMode
#define FAKE_BLAS_STATUS_STRING acblasGetStatusString
#define FAKE_GEMM acblasGemmEx
#define FAKE_GEMM_BATCHED acblasGemmStridedBatchedEx
#define FAKE_CODE_SIZE hgrtcGetHGBINSize
#define FAKE_CODE hgrtcGetHGBIN
// The compiler demands one of these, and knows no other option that names an architecture.
#define FAKE_ARCHITECTURE_OPTION "--ppu-arch="
#define FAKE_ARCHITECTURES "ppu001", "ppu0015"

namespace assay::fakes::cudalike {

struct Attributes {
  static constexpr int threads = 1, local = 8, subgroup = 10, clock = 13, units = 16,
                       memory_clock = 36, bus = 37, cache = 38, major = 75, minor = 76,
                       local_opt_in = 97;
};
inline constexpr int kVersion = 13000, kSubgroup = 32, kLocalMost = 99 << 10, kLocalFree = 48 << 10;

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
