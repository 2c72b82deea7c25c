// Compares our signatures and numbers with NVIDIA's headers.
#include <cublasLt.h>
#include <cublas_v2.h>
#include <cuda.h>
#include <cuda_runtime_api.h>
#include <gtest/gtest.h>
#include <nvrtc.h>

#include <cstddef>

#include "backends/cudalike/api.h"
#include "cudalike/plain.h"

namespace assay::backends::cudalike {
namespace {

#define SAME(Api, member, real) static_assert(kSame<decltype(Api::member), decltype(real)>, #real)

SAME(RuntimeApi, get_device_count, cudaGetDeviceCount);
SAME(RuntimeApi, runtime_version, cudaRuntimeGetVersion);
SAME(RuntimeApi, driver_version, cudaDriverGetVersion);
SAME(RuntimeApi, set_device, cudaSetDevice);
SAME(RuntimeApi, get_attribute, cudaDeviceGetAttribute);
SAME(RuntimeApi, get_pci_bus_id, cudaDeviceGetPCIBusId);
SAME(RuntimeApi, memory_info, cudaMemGetInfo);
SAME(RuntimeApi, error_string, cudaGetErrorString);
SAME(RuntimeApi, last_error, cudaGetLastError);
SAME(RuntimeApi, malloc, cudaMalloc);
SAME(RuntimeApi, free, cudaFree);
SAME(RuntimeApi, host_alloc, cudaHostAlloc);
SAME(RuntimeApi, host_free, cudaFreeHost);
SAME(RuntimeApi, memcpy_async, cudaMemcpyAsync);
SAME(RuntimeApi, memset_async, cudaMemsetAsync);
SAME(RuntimeApi, reset_persisting_l2, cudaCtxResetPersistingL2Cache);
SAME(RuntimeApi, stream_create, cudaStreamCreateWithFlags);
SAME(RuntimeApi, stream_synchronize, cudaStreamSynchronize);
SAME(RuntimeApi, stream_destroy, cudaStreamDestroy);
SAME(RuntimeApi, event_create, cudaEventCreateWithFlags);
SAME(RuntimeApi, event_record, cudaEventRecord);
SAME(RuntimeApi, event_synchronize, cudaEventSynchronize);
SAME(RuntimeApi, event_destroy, cudaEventDestroy);
SAME(RuntimeApi, event_elapsed, cudaEventElapsedTime);
SAME(RuntimeApi, begin_capture, cudaStreamBeginCapture);
SAME(RuntimeApi, end_capture, cudaStreamEndCapture);
SAME(RuntimeApi, graph_instantiate, cudaGraphInstantiateWithFlags);
SAME(RuntimeApi, graph_launch, cudaGraphLaunch);
SAME(RuntimeApi, graph_destroy, cudaGraphDestroy);
SAME(RuntimeApi, graph_exec_destroy, cudaGraphExecDestroy);

SAME(DriverApi, init, cuInit);
SAME(DriverApi, get_device, cuDeviceGet);
SAME(DriverApi, device_name, cuDeviceGetName);
SAME(DriverApi, total_memory, cuDeviceTotalMem);
SAME(DriverApi, error_string, cuGetErrorString);
SAME(DriverApi, module_load, cuModuleLoadData);
SAME(DriverApi, module_unload, cuModuleUnload);
SAME(DriverApi, module_function, cuModuleGetFunction);
SAME(DriverApi, function_attribute, cuFuncSetAttribute);
SAME(DriverApi, launch, cuLaunchKernel);
static_assert(sizeof(CUuuid) == 16 && sizeof(CUuuid::bytes) == 16);

SAME(CompilerApi, version, nvrtcVersion);
SAME(CompilerApi, create, nvrtcCreateProgram);
SAME(CompilerApi, compile, nvrtcCompileProgram);
SAME(CompilerApi, log_size, nvrtcGetProgramLogSize);
SAME(CompilerApi, log, nvrtcGetProgramLog);
SAME(CompilerApi, cubin_size, nvrtcGetCUBINSize);
SAME(CompilerApi, cubin, nvrtcGetCUBIN);
SAME(CompilerApi, ptx_size, nvrtcGetPTXSize);
SAME(CompilerApi, ptx, nvrtcGetPTX);
SAME(CompilerApi, destroy, nvrtcDestroyProgram);
SAME(CompilerApi, error_string, nvrtcGetErrorString);

SAME(BlasApi, create, cublasCreate);
SAME(BlasApi, destroy, cublasDestroy);
SAME(BlasApi, set_stream, cublasSetStream);
SAME(BlasApi, version, cublasGetVersion);
SAME(BlasApi, set_math_mode, cublasSetMathMode);
SAME(BlasApi, set_workspace, cublasSetWorkspace);
SAME(BlasApi, status_string, cublasGetStatusString);
// In C++ cublas_api.h overloads these two for the old compute type; the symbol has this type.
using GemmEx = cublasStatus_t(cublasHandle_t, cublasOperation_t, cublasOperation_t, int, int, int,
                              const void*, const void*, cudaDataType, int, const void*,
                              cudaDataType, int, const void*, void*, cudaDataType, int,
                              cublasComputeType_t, cublasGemmAlgo_t);
using GemmStridedBatchedEx = cublasStatus_t(cublasHandle_t, cublasOperation_t, cublasOperation_t,
                                            int, int, int, const void*, const void*, cudaDataType,
                                            int, long long, const void*, cudaDataType, int,
                                            long long, const void*, void*, cudaDataType, int,
                                            long long, int, cublasComputeType_t, cublasGemmAlgo_t);
[[maybe_unused]] GemmEx* const gemm_ex = cublasGemmEx;
[[maybe_unused]] GemmStridedBatchedEx* const gemm_strided_batched_ex = cublasGemmStridedBatchedEx;
static_assert(kSame<decltype(BlasApi::gemm), GemmEx>);
static_assert(kSame<decltype(BlasApi::gemm_batched), GemmStridedBatchedEx>);

SAME(BlasLtApi, create, cublasLtCreate);
SAME(BlasLtApi, destroy, cublasLtDestroy);
SAME(BlasLtApi, version, cublasLtGetVersion);
SAME(BlasLtApi, desc_create, cublasLtMatmulDescCreate);
SAME(BlasLtApi, desc_set, cublasLtMatmulDescSetAttribute);
SAME(BlasLtApi, desc_destroy, cublasLtMatmulDescDestroy);
SAME(BlasLtApi, layout_create, cublasLtMatrixLayoutCreate);
SAME(BlasLtApi, layout_set, cublasLtMatrixLayoutSetAttribute);
SAME(BlasLtApi, layout_destroy, cublasLtMatrixLayoutDestroy);
SAME(BlasLtApi, preference_create, cublasLtMatmulPreferenceCreate);
SAME(BlasLtApi, preference_set, cublasLtMatmulPreferenceSetAttribute);
SAME(BlasLtApi, preference_destroy, cublasLtMatmulPreferenceDestroy);
SAME(BlasLtApi, heuristic, cublasLtMatmulAlgoGetHeuristic);
SAME(BlasLtApi, matmul, cublasLtMatmul);
SAME(BlasLtApi, algorithm_get, cublasLtMatmulAlgoConfigGetAttribute);

constexpr AttributeNumbers kAttributes;
static_assert(kAttributes.threads_per_group == cudaDevAttrMaxThreadsPerBlock);
static_assert(kAttributes.local_memory == cudaDevAttrMaxSharedMemoryPerBlock);
static_assert(kAttributes.subgroup == cudaDevAttrWarpSize);
static_assert(kAttributes.clock_khz == cudaDevAttrClockRate);
static_assert(kAttributes.compute_units == cudaDevAttrMultiProcessorCount);
static_assert(kAttributes.memory_clock_khz == cudaDevAttrMemoryClockRate);
static_assert(kAttributes.memory_bus_bits == cudaDevAttrGlobalMemoryBusWidth);
static_assert(kAttributes.l2_bytes == cudaDevAttrL2CacheSize);
static_assert(kAttributes.major == cudaDevAttrComputeCapabilityMajor);
static_assert(kAttributes.minor == cudaDevAttrComputeCapabilityMinor);
static_assert(kAttributes.local_memory_opt_in == cudaDevAttrMaxSharedMemoryPerBlockOptin);

constexpr BlasNumbers kBlas;
static_assert(kBlas.none == CUBLAS_OP_N && kBlas.transpose == CUBLAS_OP_T);
static_assert(kBlas.f32 == CUDA_R_32F && kBlas.f64 == CUDA_R_64F && kBlas.f16 == CUDA_R_16F);
static_assert(kBlas.bf16 == CUDA_R_16BF && kBlas.i8 == CUDA_R_8I && kBlas.i32 == CUDA_R_32I);
static_assert(kBlas.f8e4m3 == CUDA_R_8F_E4M3 && kBlas.f8e5m2 == CUDA_R_8F_E5M2);
static_assert(kBlas.compute_f32 == CUBLAS_COMPUTE_32F && kBlas.compute_f64 == CUBLAS_COMPUTE_64F);
static_assert(kBlas.compute_i32 == CUBLAS_COMPUTE_32I);
static_assert(kBlas.compute_tf32 == CUBLAS_COMPUTE_32F_FAST_TF32);
static_assert(kBlas.algorithm == CUBLAS_GEMM_DEFAULT);
static_assert(kBlas.out_of_memory == CUBLAS_STATUS_ALLOC_FAILED);
static_assert(kBlas.unsupported[0] == CUBLAS_STATUS_NOT_SUPPORTED);
static_assert(kBlas.unsupported[1] == CUBLAS_STATUS_ARCH_MISMATCH);

constexpr BlasLtNumbers kLt;
static_assert(kLt.transpose_a == CUBLASLT_MATMUL_DESC_TRANSA);
static_assert(kLt.transpose_b == CUBLASLT_MATMUL_DESC_TRANSB);
static_assert(kLt.fast_accumulation == CUBLASLT_MATMUL_DESC_FAST_ACCUM);
static_assert(kLt.layout_batch == CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT);
static_assert(kLt.layout_offset == CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET);
static_assert(kLt.workspace == CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES);
static_assert(kLt.reduction_schemes == CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK);
static_assert(CUBLASLT_REDUCTION_SCHEME_INPLACE == 1 &&
              CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE == 2);

using Result = cublasLtMatmulHeuristicResult_t;
static_assert(kLt.algorithm_bytes == sizeof(cublasLtMatmulAlgo_t));
static_assert(offsetof(Result, algo) == 0 && offsetof(Result, workspaceSize) == 64);
static_assert(offsetof(Result, state) == 72 && offsetof(Result, wavesCount) == 76);
static_assert(sizeof(Result) == 96);

static_assert(cudaErrorMemoryAllocation == 2);
static_assert(cudaMemcpyHostToDevice == 1 && cudaMemcpyDeviceToHost == 2 &&
              cudaMemcpyDeviceToDevice == 3);
static_assert(cudaStreamNonBlocking == 1 && cudaStreamCaptureModeThreadLocal == 1);
static_assert(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES == 8);

TEST(CudaSignatures, AreThoseOfTheHeaders) {
  EXPECT_EQ(find_dialect("nvidia").blas.precise_math,
            CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION);
}

}  // namespace
}  // namespace assay::backends::cudalike
