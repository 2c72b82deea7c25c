// The devices of all OpenCL platforms, in the order that they are offered in: GPUs and other
// accelerators first, processors last.
#pragma once

#include <CL/cl.h>

#include <string>
#include <vector>

#include "backends/sdk/description.h"
#include "kernels/portable.h"

namespace assay::backends::opencl {

struct FoundDevice {
  cl_platform_id platform = nullptr;
  cl_device_id id = nullptr;
  cl_device_type type = 0;
};

enum class Kind { gpu, other, cpu };

/// The one answer for everything that depends on it. A device may say that it is several
/// (OpenCL 1.2, table 4.3); then the first of a GPU, a processor and anything else.
Kind kind_of(const FoundDevice& device);

/// Looks once a process. Empty where there is no loader or no platform.
const std::vector<FoundDevice>& found_devices();

sdk::Findings findings();
sdk::DeviceDescription description(const FoundDevice& device);

/// What portable kernels ask about it.
kernels::PortableTarget portable_target(const FoundDevice& device);

bool has_extension(cl_device_id device, const std::string& name);
std::string device_text(cl_device_id device, cl_device_info what);

/// A value of type T, or 0 where the device does not report it.
template <class T>
T device_figure(cl_device_id device, cl_device_info what);

}  // namespace assay::backends::opencl
