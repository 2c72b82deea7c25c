// Compares our signatures and numbers for AMD with HIP's headers.
#define __HIP_PLATFORM_AMD__ 1
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>
#include <hip/hiprtc.h>

#include "backends/cudalike/api.h"
#include "cudalike/plain.h"

namespace assay::backends::cudalike {
namespace {

/// HIP's headers overload some of these in C++; the type selects one.
#define SAME(Api, member, real) static_assert(kSame<decltype(Api::member), decltype(real)>, #real)

SAME(RuntimeApi, get_device_count, hipGetDeviceCount);
SAME(RuntimeApi, runtime_version, hipRuntimeGetVersion);
SAME(RuntimeApi, driver_version, hipDriverGetVersion);
SAME(RuntimeApi, set_device, hipSetDevice);
SAME(RuntimeApi, get_attribute, hipDeviceGetAttribute);
SAME(RuntimeApi, get_pci_bus_id, hipDeviceGetPCIBusId);
SAME(RuntimeApi, memory_info, hipMemGetInfo);
SAME(RuntimeApi, error_string, hipGetErrorString);
SAME(RuntimeApi, last_error, hipGetLastError);
SAME(RuntimeApi, free, hipFree);
SAME(RuntimeApi, host_free, hipHostFree);
SAME(RuntimeApi, memcpy_async, hipMemcpyAsync);
SAME(RuntimeApi, memset_async, hipMemsetAsync);
SAME(RuntimeApi, stream_create, hipStreamCreateWithFlags);
SAME(RuntimeApi, stream_synchronize, hipStreamSynchronize);
SAME(RuntimeApi, stream_destroy, hipStreamDestroy);
SAME(RuntimeApi, event_create, hipEventCreateWithFlags);
SAME(RuntimeApi, event_record, hipEventRecord);
SAME(RuntimeApi, event_synchronize, hipEventSynchronize);
SAME(RuntimeApi, event_destroy, hipEventDestroy);
SAME(RuntimeApi, event_elapsed, hipEventElapsedTime);
SAME(RuntimeApi, begin_capture, hipStreamBeginCapture);
SAME(RuntimeApi, end_capture, hipStreamEndCapture);
SAME(RuntimeApi, graph_instantiate, hipGraphInstantiateWithFlags);
SAME(RuntimeApi, graph_launch, hipGraphLaunch);
SAME(RuntimeApi, graph_destroy, hipGraphDestroy);
SAME(RuntimeApi, graph_exec_destroy, hipGraphExecDestroy);

SAME(DriverApi, init, hipInit);
SAME(DriverApi, get_device, hipDeviceGet);
SAME(DriverApi, device_name, hipDeviceGetName);
SAME(DriverApi, total_memory, hipDeviceTotalMem);
SAME(DriverApi, module_load, hipModuleLoadData);
SAME(DriverApi, module_unload, hipModuleUnload);
SAME(DriverApi, module_function, hipModuleGetFunction);
SAME(DriverApi, launch, hipModuleLaunchKernel);

SAME(CompilerApi, version, hiprtcVersion);
SAME(CompilerApi, log_size, hiprtcGetProgramLogSize);
SAME(CompilerApi, log, hiprtcGetProgramLog);
SAME(CompilerApi, cubin_size, hiprtcGetCodeSize);
SAME(CompilerApi, cubin, hiprtcGetCode);
SAME(CompilerApi, destroy, hiprtcDestroyProgram);

TEST(HipNumbers, AreThoseOfTheHeader) {
  const AttributeNumbers& ours = find_dialect("amd").attributes;
  EXPECT_EQ(ours.threads_per_group, hipDeviceAttributeMaxThreadsPerBlock);
  EXPECT_EQ(ours.local_memory, hipDeviceAttributeMaxSharedMemoryPerBlock);
  EXPECT_EQ(ours.subgroup, hipDeviceAttributeWarpSize);
  EXPECT_EQ(ours.clock_khz, hipDeviceAttributeClockRate);
  EXPECT_EQ(ours.compute_units, hipDeviceAttributeMultiprocessorCount);
  EXPECT_EQ(ours.memory_clock_khz, hipDeviceAttributeMemoryClockRate);
  EXPECT_EQ(ours.memory_bus_bits, hipDeviceAttributeMemoryBusWidth);
  EXPECT_EQ(ours.l2_bytes, hipDeviceAttributeL2CacheSize);
  EXPECT_EQ(ours.major, hipDeviceAttributeComputeCapabilityMajor);
  EXPECT_EQ(ours.minor, hipDeviceAttributeComputeCapabilityMinor);
  EXPECT_EQ(find_dialect("amd").out_of_memory, hipErrorOutOfMemory);
}

}  // namespace
}  // namespace assay::backends::cudalike
