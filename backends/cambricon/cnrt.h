// CNRT and CNNL as this module calls them, opened at run time.
//
// Where the facts come from (public repositories, read 2026-11):
//   CNRT's functions, enum values   a public copy of cnrt.h 6.14 (cnrtRet_t, cnrtDeviceAttr_t,
//                                   cnrtMemTransDir_t); notifiers' microseconds from its comments
//   CNNL's calls                    InfiniTensor/InfiniCore src/infiniop/ops/gemm/bang, Cambricon/
//                                   mlu-ops, Cambricon's oneDNN and PyTorch ports
//   CNNL's enum values              Cambricon/mlu-ops mlu_op.h, whose mluOp… enums are cast to
//   CNNL's
//                                   as they are (kernels/…/matmul.cpp): types, layouts, status
//                                   codes, attributes of a matmul; "TensorFloat-32 is enabled by
//                                   default"
//   names of devices                cnDeviceGetName of libcndrv, as mlu-ops calls it
//   …_V2 and …_v2                   Cambricon's PyTorch port and InfiniTensor/InfiniCore
//   infinirt/bang,
//                                   which call nothing else
#pragma once

#include <cstddef>
#include <cstdint>

namespace assay::backends::cambricon {

/// cnrtRet_t and cnnlStatus_t; 0 is success.
using Status = int;
using Queue = void*;
using Notifier = void*;
/// cnnlHandle_t, and descriptors of CNNL.
using Handle = void*;
using Descriptor = void*;

inline constexpr Status kNoDevice = 100004, kNoMemory = 100100, kNotSupported = 100050;
inline constexpr Status kNnNoMemory = 2, kNnBadParameter = 3, kNnNotSupported = 7;

/// cnrtMemTransDir_t.
enum class CopyKind : int { host_to_device = 0, device_to_device = 1, device_to_host = 2 };

/// cnrtDeviceAttr_t.
inline constexpr int kHasBf16 = 0x07, kClusters = 0x205, kCoresPerCluster = 0x206, kL2Bytes = 0x301,
                     kClusterKilohertz = 0x402, kMemoryMegabytes = 0x405;

/// cnnlDataType_t.
enum class Type : int { f16 = 1, f32 = 2, bf16 = 17 };
inline constexpr int kLayoutArray = 4;                ///< CNNL_LAYOUT_ARRAY
inline constexpr int kAdd = 0, kNotPropagateNan = 0;  ///< cnnlOpTensorDesc_t, cnnlNanPropagation_t
/// cnnlMatMulDescAttribute_t.
inline constexpr int kComputeType = 0, kTransposeA = 3, kTransposeB = 4, kAllowTf32 = 10;

struct Api {
  Status (*cnrtGetDeviceCount)(unsigned int*);
  Status (*cnrtSetDevice)(int);
  const char* (*cnrtGetErrorStr)(Status);
  Status (*cnrtDeviceGetAttribute)(int* value, int attribute, int device);
  Status (*cnrtMemGetInfo)(std::size_t* free, std::size_t* total);
  Status (*cnrtMalloc)(void**, std::size_t);
  Status (*cnrtFree)(void*);
  Status (*cnrtHostMalloc)(void**, std::size_t);
  Status (*cnrtFreeHost)(void*);
  Status (*cnrtMemset)(void*, int value, std::size_t bytes);
  Status (*cnrtMemsetAsync)(void*, int value, std::size_t bytes, Queue);
  Status (*cnrtMemcpy)(void* to, void* from, std::size_t bytes, CopyKind);
  /// cnrtMemcpyAsync_V2, or before CNRT 6 cnrtMemcpyAsync; and which.
  Status (*cnrtMemcpyAsync)(void* to, void* from, std::size_t bytes, Queue, CopyKind);
  const char* enqueued_copy;
  Status (*cnrtQueueCreate)(Queue*);
  Status (*cnrtQueueDestroy)(Queue);
  Status (*cnrtQueueSync)(Queue);
  Status (*cnrtNotifierCreate)(Notifier*);
  Status (*cnrtNotifierDestroy)(Notifier);
  Status (*cnrtPlaceNotifier)(Notifier, Queue);
  Status (*cnrtWaitNotifier)(Notifier);
  Status (*cnrtNotifierDuration)(Notifier begin, Notifier end, float* microseconds);

  Status (*cnnlCreate)(Handle*);
  Status (*cnnlDestroy)(Handle);
  Status (*cnnlSetQueue)(Handle, Queue);
  const char* (*cnnlGetErrorString)(Status);
  Status (*cnnlCreateTensorDescriptor)(Descriptor*);
  Status (*cnnlDestroyTensorDescriptor)(Descriptor);
  Status (*cnnlSetTensorDescriptorEx)(Descriptor, int layout, Type, int dimensions,
                                      const int* extents, const int* strides);

  // Optional.
  Status (*cnnlSetTensorDescriptorEx_v2)(Descriptor, int layout, Type, int dimensions,
                                         const std::int64_t* extents, const std::int64_t* strides);
  Status (*cnrtDeviceGetPCIBusId)(char*, int length, int device);
  Status (*cnrtGetLibVersion)(int* major, int* minor, int* patch);
  Status (*cnrtDriverGetVersion)(int* major, int* minor, int* patch);
  void (*cnnlGetLibVersion)(int* major, int* minor, int* patch);
  Status (*cnInit)(unsigned int flags);
  Status (*cnDeviceGet)(std::int64_t* device, int ordinal);
  Status (*cnDeviceGetName)(char* name, int length, std::int64_t device);
};

}  // namespace assay::backends::cambricon
