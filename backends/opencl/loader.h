// OpenCL's functions, from the ICD loader found at run time.
#pragma once

#include <CL/cl.h>

#include <string>
#include <vector>

namespace assay::backends::opencl {

/// The functions that are used, named without their prefix; signatures are the header's own.
struct Functions {
#define ASSAY_OPENCL_FUNCTIONS(apply)                                                          \
  apply(GetPlatformIDs) apply(GetPlatformInfo) apply(GetDeviceIDs) apply(GetDeviceInfo)        \
      apply(CreateSubDevices) apply(ReleaseDevice) apply(CreateContext) apply(ReleaseContext)  \
          apply(CreateCommandQueue) apply(ReleaseCommandQueue) apply(CreateBuffer)             \
              apply(ReleaseMemObject) apply(EnqueueWriteBuffer) apply(EnqueueReadBuffer)       \
                  apply(EnqueueFillBuffer) apply(EnqueueMarkerWithWaitList)                    \
                      apply(EnqueueNDRangeKernel) apply(Finish) apply(CreateProgramWithSource) \
                          apply(BuildProgram) apply(GetProgramBuildInfo) apply(ReleaseProgram) \
                              apply(CreateKernel) apply(SetKernelArg) apply(ReleaseKernel)     \
                                  apply(GetKernelWorkGroupInfo) apply(GetEventProfilingInfo)   \
                                      apply(WaitForEvents) apply(ReleaseEvent)                 \
                                          apply(EnqueueCopyBuffer) apply(EnqueueMapBuffer)     \
                                              apply(EnqueueUnmapMemObject)
#define ASSAY_OPENCL_DECLARE(name) decltype(&cl##name) name = nullptr;
  ASSAY_OPENCL_FUNCTIONS(ASSAY_OPENCL_DECLARE)
#undef ASSAY_OPENCL_DECLARE
};

struct Loader {
  Functions functions;
  std::string path;                ///< of the library opened; empty where there is none
  std::string failure;             ///< in one line, why there is none
  std::vector<std::string> tried;  ///< names, each with the result
};

/// Opened once a process and kept.
const Loader& loader();

/// loader().functions; throws sdk::Failure where there is no loader.
const Functions& cl();

/// "CL_OUT_OF_RESOURCES (-5)"
std::string error_name(cl_int code);

/// Throws sdk::Failure unless `code` is CL_SUCCESS: out of memory, or a device error.
void check(cl_int code, const std::string& doing);

}  // namespace assay::backends::opencl
