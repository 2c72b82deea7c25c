// HIP's names and numbers: hip_runtime_api.h and hiprtc.h of 5.2.3; hipblas.h of ROCm 6 with the
// _v2 names; hipblaslt.h.
#pragma once

#define FAKE_RUNTIME hip
#define FAKE_DRIVER hip
#define FAKE_BLAS hipblas
#define FAKE_LT hipblasLt
#define FAKE_COMPILER hiprtc
#define FAKE_COLLECTIVES nccl

#define FAKE_MALLOC hipMalloc
#define FAKE_HOST_ALLOC hipHostMalloc
#define FAKE_HOST_FREE hipHostFree
#define FAKE_UUID hipDeviceGetUuid
#define FAKE_UUID_IS_TEXT
#define FAKE_TOTAL_MEMORY hipDeviceTotalMem
#define FAKE_LAUNCH hipModuleLaunchKernel
#define FAKE_BLAS_CREATE hipblasCreate
#define FAKE_BLAS_DESTROY hipblasDestroy
#define FAKE_BLAS_SET_STREAM hipblasSetStream
#define FAKE_BLAS_STATUS_STRING hipblasStatusToString
// hipFuncSetAttribute takes a host function: a module's kernel needs no leave.
#define FAKE_TAKES_ANY_LOCAL_MEMORY
#define FAKE_GEMM hipblasGemmEx_v2
#define FAKE_GEMM_BATCHED hipblasGemmStridedBatchedEx_v2
#define FAKE_CODE_SIZE hiprtcGetCodeSize
#define FAKE_CODE hiprtcGetCode

namespace assay::fakes::cudalike {

struct Attributes {
  static constexpr int threads = 56, local = 74, subgroup = 87, clock = 5, units = 63,
                       memory_clock = 60, bus = 59, cache = 19, major = 23, minor = 61,
                       local_opt_in = -1;
};
inline constexpr int kVersion = 60140092, kSubgroup = 32, kLocalMost = 64 << 10,
                     kLocalFree = kLocalMost;

struct BlasStatus {
  static constexpr int not_initialised = 1, no_memory = 2, invalid = 3, architecture = 8,
                       execution = 5, unsupported = 7;
};
struct BlasNumbers {
  static constexpr int none = 111, transpose = 112, f32 = 2, f64 = 7, i32 = 9, tf32 = 6,
                       algorithm_least = 160, algorithm_most = 160, tensor_least = 160,
                       tensor_most = 160;
};
struct LtNumbers {
  static constexpr int transpose_a = 0, transpose_b = 1, fast_accumulation = -1, batch = 0,
                       offset = 1, workspace = 1, reductions = -1, algorithm_words = 3;
};

}  // namespace assay::fakes::cudalike
