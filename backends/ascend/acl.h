// AscendCL and aclnn as this module calls them, opened at run time.
//
// Where the facts come from (public repositories, read 2026-11):
//   functions, status codes, enum values   hicann/runtime include/external/acl/{acl_base,acl_rt}.h
//   and
//                                          include/external/acl/error_codes/rt_error_codes.h;
//                                          leideng/CANN-8.1.RC1 …/include/{acl/*.h,
//                                          aclnn/acl_meta.h}
//   order of calls, units                  hicann/runtime
//   docs/zh/api_ref/{02,04,07,11-01,11-03}*.md executors                              hicann/ops-nn
//   docs/zh/context/two_phase_api.md; hiascend.com
//                                          aolapi/operatorlist_00041 and _00021 (repeatable,
//                                          destroy)
//   a tensor list owns its tensors         InfiniTensor/InfiniOps and ggml's CANN code both say so
#pragma once

#include <cstddef>
#include <cstdint>

namespace assay::backends::ascend {

/// Both aclError and aclnnStatus; 0 is success.
using Status = int;
using Context = void*;
using Stream = void*;
using Event = void*;
struct aclTensor;
struct aclTensorList;
struct aclScalar;
struct aclOpExecutor;

inline constexpr Status kRepeatedInit = 100002;
/// What says that memory ran out: ACL_ERROR_BAD_ALLOC, STORAGE_OVER_LIMIT, RT_MEMORY_ALLOCATION,
/// RT_DEVICE_OOM.
inline constexpr Status kOutOfMemory[] = {200000, 300000, 207001, 207018};
/// ACL_ERROR_API_NOT_SUPPORT, FEATURE_UNSUPPORTED, RT_FEATURE_NOT_SUPPORT.
inline constexpr Status kNotSupported[] = {200001, 200006, 207000};
/// ACLNN_ERR_INNER_OPP_PATH_NOT_FOUND: the variable ASCEND_OPP_PATH is missing.
inline constexpr Status kNoOperatorPath = 561107;
/// aclnn's answers to arguments: ACLNN_ERR_PARAM_NULLPTR 161001, ACLNN_ERR_PARAM_INVALID 161002;
/// those of an operator that cannot compute them on this chip: ACLNN_ERR_INNER_INFERSHAPE_ERROR
/// 561001, TILING_ERROR 561002, FIND_KERNEL_ERROR 561003; and those that say that the operator's
/// package for this chip is not installed, 5611xx (hicann/opbase
/// include/nnopbase/opdev/op_errno.h).
constexpr bool is_refusal(Status status) {
  return status / 1000 == 161 || status / 100 == 5611 || (status >= 561001 && status <= 561003);
}

/// ACLNN_ERR_RUNTIME_ERROR. From an operator's first phase, which launches nothing, it is a
/// refusal: what the operator asked the runtime about this chip failed.
inline constexpr Status kRuntimeError = 361001;

/// aclDataType.
enum class Type : int {
  f32 = 0,
  f16 = 1,
  i8 = 2,
  i32 = 3,
  u8 = 4,
  i64 = 9,
  f64 = 11,
  boolean = 12,
  bf16 = 27
};
inline constexpr int kFormatNd = 2;  ///< ACL_FORMAT_ND
enum class CopyKind : int { host_to_device = 1, device_to_host = 2, device_to_device = 3 };
inline constexpr int kMallocHugeFirst = 0;                  ///< ACL_MEM_MALLOC_HUGE_FIRST
inline constexpr int kMemoryDdr = 0, kMemoryHbm = 1;        ///< aclrtMemAttr
inline constexpr int kCannHasBf16 = 1;                      ///< ACL_CANN_ATTR_BF16
inline constexpr int kPackageCann = 0, kPackageDriver = 7;  ///< aclCANNPackageName
/// aclrtDevAttr of aclrtGetDeviceInfo (CANN 8.2 and later).
inline constexpr int kAttributeAiCores = 101, kAttributeMemory = 301, kAttributeL2 = 302;
/// aclDeviceInfo of aclGetDeviceCapability (before).
inline constexpr int kCapabilityAiCores = 0, kCapabilityL2 = 2;

/// aclCANNPackageVersion.
struct PackageVersion {
  char version[128];
  char parts[4][64];
  char reserved[128];
};

/// The functions called by name; null where the installed CANN has none and `optional` says so.
struct Acl {
  Status (*aclInit)(const char* configuration);
  const char* (*aclGetRecentErrMsg)();
  const char* (*aclrtGetSocName)();
  Status (*aclrtGetDeviceCount)(std::uint32_t*);
  Status (*aclrtSetDevice)(std::int32_t);
  Status (*aclrtResetDevice)(std::int32_t);
  Status (*aclrtGetCurrentContext)(Context*);
  Status (*aclrtSetCurrentContext)(Context);
  Status (*aclrtGetMemInfo)(int attribute, std::size_t* free, std::size_t* total);

  Status (*aclrtMalloc)(void**, std::size_t, int policy);
  Status (*aclrtFree)(void*);
  Status (*aclrtMallocHost)(void**, std::size_t);
  Status (*aclrtFreeHost)(void*);
  Status (*aclrtMemset)(void*, std::size_t room, std::int32_t value, std::size_t bytes);
  Status (*aclrtMemsetAsync)(void*, std::size_t room, std::int32_t value, std::size_t bytes,
                             Stream);
  Status (*aclrtMemcpy)(void* to, std::size_t room, const void* from, std::size_t bytes, CopyKind);
  Status (*aclrtMemcpyAsync)(void* to, std::size_t room, const void* from, std::size_t bytes,
                             CopyKind, Stream);

  Status (*aclrtCreateStream)(Stream*);
  Status (*aclrtDestroyStream)(Stream);
  Status (*aclrtSynchronizeStream)(Stream);
  Status (*aclrtCreateEvent)(Event*);
  Status (*aclrtDestroyEvent)(Event);
  Status (*aclrtRecordEvent)(Event, Stream);
  Status (*aclrtSynchronizeEvent)(Event);
  Status (*aclrtEventElapsedTime)(float* milliseconds, Event begin, Event end);

  aclTensor* (*aclCreateTensor)(const std::int64_t* extents, std::uint64_t dimensions, Type,
                                const std::int64_t* strides, std::int64_t offset, int format,
                                const std::int64_t* stored, std::uint64_t stored_dimensions,
                                void* data);
  Status (*aclDestroyTensor)(const aclTensor*);
  aclTensorList* (*aclCreateTensorList)(const aclTensor* const*, std::uint64_t);
  Status (*aclDestroyTensorList)(const aclTensorList*);
  aclScalar* (*aclCreateScalar)(void* value, Type);
  Status (*aclDestroyScalar)(const aclScalar*);
  Status (*aclSetAclOpExecutorRepeatable)(aclOpExecutor*);
  Status (*aclDestroyAclOpExecutor)(aclOpExecutor*);

  // Optional: only some versions of CANN have them.
  Status (*aclrtGetVersion)(std::int32_t* major, std::int32_t* minor, std::int32_t* patch);
  Status (*aclsysGetCANNVersion)(int package, PackageVersion*);
  Status (*aclGetCannAttribute)(int attribute, std::int32_t* value);
  Status (*aclGetDeviceCapability)(std::uint32_t device, int what, std::int64_t* value);
  Status (*aclrtGetLogicDevIdByUserDevId)(std::int32_t user, std::int32_t* logic);
  Status (*aclrtGetDeviceInfo)(std::uint32_t device, int attribute, std::int64_t* value);
};

/// The second phase of every operator.
using LaunchOperator = Status(void* workspace, std::uint64_t bytes, aclOpExecutor*, Stream);

}  // namespace assay::backends::ascend
