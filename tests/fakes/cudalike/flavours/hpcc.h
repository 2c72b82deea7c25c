// The names of MetaX's HPCC, with MACA's numbers.
#pragma once

#define FAKE_RUNTIME hc
#define FAKE_DRIVER hc
#define FAKE_BLAS hcblas

#define FAKE_MALLOC hcMalloc
#define FAKE_HOST_ALLOC hcMallocHost
#define FAKE_HOST_FREE hcFreeHost
#define FAKE_UUID hcDeviceGetUuid
#define FAKE_TOTAL_MEMORY hcDeviceTotalMem
#define FAKE_BLAS_CREATE hcblasCreate
#define FAKE_BLAS_DESTROY hcblasDestroy
#define FAKE_BLAS_SET_STREAM hcblasSetStream
#define FAKE_BLAS_GET_VERSION hcblasGetVersion
#define FAKE_BLAS_SET_MATH_MODE hcblasSetMathMode
#define FAKE_GEMM hcblasGemmEx
#define FAKE_GEMM_BATCHED hcblasGemmStridedBatchedEx

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
