#include "backends/cudalike/api.h"

namespace assay::backends::cudalike {

void bind(RuntimeApi& api, Binder& binder, bool stream_before_kind) {
  binder.required(api.get_device_count, "cudaGetDeviceCount");
  binder.optional(api.runtime_version, "cudaRuntimeGetVersion");
  binder.optional(api.driver_version, "cudaDriverGetVersion");
  binder.required(api.set_device, "cudaSetDevice");
  binder.optional(api.get_attribute, "cudaDeviceGetAttribute");
  binder.optional(api.get_pci_bus_id, "cudaDeviceGetPCIBusId");
  binder.required(api.memory_info, "cudaMemGetInfo");
  binder.required(api.error_string, "cudaGetErrorString");
  binder.optional(api.last_error, "cudaGetLastError");
  binder.required(api.malloc, "cudaMalloc");
  binder.required(api.free, "cudaFree");
  binder.optional(api.host_alloc, "cudaHostAlloc");
  binder.optional(api.host_free, "cudaFreeHost");
  if (stream_before_kind) {
    binder.required(api.memcpy_async_stream_first, "cudaMemcpyAsync");
  } else {
    binder.required(api.memcpy_async, "cudaMemcpyAsync");
  }
  binder.required(api.memset_async, "cudaMemsetAsync");
  binder.optional(api.reset_persisting_l2, "cudaCtxResetPersistingL2Cache");
  binder.required(api.stream_create, "cudaStreamCreateWithFlags");
  binder.required(api.stream_synchronize, "cudaStreamSynchronize");
  binder.required(api.stream_destroy, "cudaStreamDestroy");
  binder.required(api.event_create, "cudaEventCreateWithFlags");
  binder.required(api.event_record, "cudaEventRecord");
  binder.required(api.event_synchronize, "cudaEventSynchronize");
  binder.required(api.event_destroy, "cudaEventDestroy");
  binder.required(api.event_elapsed, "cudaEventElapsedTime");
  binder.optional(api.begin_capture, "cudaStreamBeginCapture");
  binder.optional(api.end_capture, "cudaStreamEndCapture");
  binder.optional(api.graph_instantiate, "cudaGraphInstantiateWithFlags");
  binder.optional(api.graph_launch, "cudaGraphLaunch");
  binder.optional(api.graph_destroy, "cudaGraphDestroy");
  binder.optional(api.graph_exec_destroy, "cudaGraphExecDestroy");
}

void bind(DriverApi& api, Binder& binder) {
  binder.optional(api.init, "cuInit");
  binder.optional(api.get_device, "cuDeviceGet");
  binder.optional(api.device_name, "cuDeviceGetName");
  binder.optional(api.device_uuid, "cuDeviceGetUuid");
  binder.optional(api.total_memory, "cuDeviceTotalMem");
  binder.optional(api.error_string, "cuGetErrorString");
  binder.optional(api.module_load, "cuModuleLoadData");
  binder.optional(api.module_unload, "cuModuleUnload");
  binder.optional(api.module_function, "cuModuleGetFunction");
  binder.optional(api.function_attribute, "cuFuncSetAttribute");
  binder.optional(api.launch, "cuLaunchKernel");
}

void bind(CompilerApi& api, Binder& binder) {
  binder.optional(api.version, "nvrtcVersion");
  binder.required(api.create, "nvrtcCreateProgram");
  binder.required(api.compile, "nvrtcCompileProgram");
  binder.required(api.log_size, "nvrtcGetProgramLogSize");
  binder.required(api.log, "nvrtcGetProgramLog");
  binder.required(api.destroy, "nvrtcDestroyProgram");
  binder.optional(api.cubin_size, "nvrtcGetCUBINSize");
  binder.optional(api.cubin, "nvrtcGetCUBIN");
  binder.optional(api.ptx_size, "nvrtcGetPTXSize");
  binder.optional(api.ptx, "nvrtcGetPTX");
  binder.optional(api.error_string, "nvrtcGetErrorString");
}

void bind(BlasApi& api, Binder& binder) {
  binder.required(api.create, "cublasCreate");
  binder.required(api.destroy, "cublasDestroy");
  binder.required(api.set_stream, "cublasSetStream");
  binder.optional(api.version, "cublasGetVersion");
  binder.optional(api.set_math_mode, "cublasSetMathMode");
  binder.optional(api.set_workspace, "cublasSetWorkspace");
  binder.optional(api.status_string, "cublasGetStatusString");
  binder.required(api.gemm, "cublasGemmEx");
  binder.optional(api.gemm_batched, "cublasGemmStridedBatchedEx");
}

void bind(BlasLtApi& api, Binder& binder) {
  binder.required(api.create, "cublasLtCreate");
  binder.required(api.destroy, "cublasLtDestroy");
  binder.optional(api.version, "cublasLtGetVersion");
  binder.required(api.desc_create, "cublasLtMatmulDescCreate");
  binder.required(api.desc_set, "cublasLtMatmulDescSetAttribute");
  binder.required(api.desc_destroy, "cublasLtMatmulDescDestroy");
  binder.required(api.layout_create, "cublasLtMatrixLayoutCreate");
  binder.required(api.layout_set, "cublasLtMatrixLayoutSetAttribute");
  binder.required(api.layout_destroy, "cublasLtMatrixLayoutDestroy");
  binder.required(api.preference_create, "cublasLtMatmulPreferenceCreate");
  binder.required(api.preference_set, "cublasLtMatmulPreferenceSetAttribute");
  binder.required(api.preference_destroy, "cublasLtMatmulPreferenceDestroy");
  binder.required(api.heuristic, "cublasLtMatmulAlgoGetHeuristic");
  binder.required(api.matmul, "cublasLtMatmul");
  binder.optional(api.algorithm_get, "cublasLtMatmulAlgoConfigGetAttribute");
}

void bind(CollectivesApi& api, Binder& binder) {
  binder.required(api.get_id, "ncclGetUniqueId");
  binder.required(api.create, "ncclCommInitRank");
  binder.required(api.destroy, "ncclCommDestroy");
  binder.optional(api.version, "ncclGetVersion");
  binder.optional(api.status_string, "ncclGetErrorString");
  binder.required(api.all_reduce, "ncclAllReduce");
  binder.required(api.reduce_scatter, "ncclReduceScatter");
  binder.required(api.all_gather, "ncclAllGather");
  binder.required(api.broadcast, "ncclBroadcast");
  binder.required(api.send, "ncclSend");
  binder.required(api.receive, "ncclRecv");
  binder.required(api.group_start, "ncclGroupStart");
  binder.required(api.group_end, "ncclGroupEnd");
}

}  // namespace assay::backends::cudalike
