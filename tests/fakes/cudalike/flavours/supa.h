// SUPA's names. suBLAS: operations and statuses of its public header, the rest as cuBLAS's, which
// is inferred; f32 is computed in TF32P unless SUBLAS_COMPUTE_32F (68) is asked for.
#pragma once

#define FAKE_RUNTIME supa
#define FAKE_DRIVER su
#define FAKE_BLAS sublas
#define FAKE_COLLECTIVES bccl
#define FAKE_SENSORS brml

#define FAKE_MALLOC supaMalloc
#define FAKE_HOST_ALLOC supaHostAlloc
#define FAKE_HOST_FREE supaFreeHost
#define FAKE_UUID suDeviceGetUuid
#define FAKE_TOTAL_MEMORY suDeviceTotalMem
#define FAKE_DRIVER_ERROR_STRING suGetErrorString
#define FAKE_BLAS_CREATE sublasCreate
#define FAKE_BLAS_DESTROY sublasDestroy
#define FAKE_BLAS_SET_STREAM sublasSetStream
#define FAKE_BLAS_STATUS_STRING sublasGetStatusString
#define FAKE_GEMM sublasGemmEx
#define FAKE_GEMM_BATCHED sublasGemmStridedBatchedEx
// Its own names for what NVML calls the same, and calls of which only NVML is known to have them.
#define FAKE_SENSORS_ARE_FEW

namespace assay::fakes::cudalike {

// Not public, so nothing that the tests know may be asked for.
struct Attributes {
  static constexpr int threads = 1001, local = 1008, subgroup = 1010, clock = 1013, units = 1016,
                       memory_clock = 1036, bus = 1037, cache = 1038, major = 1075, minor = 1076,
                       local_opt_in = 1097;
};
inline constexpr int kVersion = 1110, kSubgroup = 32, kLocalMost = 48 << 10,
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
