#include "backends/opencl/platforms.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "backends/opencl/loader.h"

namespace assay::backends::opencl {
namespace {

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) text.pop_back();
  const std::size_t begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin);
}

std::string platform_text(cl_platform_id platform, cl_platform_info what) {
  std::size_t bytes = 0;
  if (cl().GetPlatformInfo(platform, what, 0, nullptr, &bytes) != CL_SUCCESS) return {};
  std::string text(bytes, '\0');
  if (cl().GetPlatformInfo(platform, what, bytes, text.data(), nullptr) != CL_SUCCESS) return {};
  return trimmed(text);
}

std::vector<cl_platform_id> platforms() {
  if (loader().path.empty()) return {};
  cl_uint count = 0;
  if (cl().GetPlatformIDs(0, nullptr, &count) != CL_SUCCESS || count == 0) return {};
  std::vector<cl_platform_id> all(count);
  if (cl().GetPlatformIDs(count, all.data(), nullptr) != CL_SUCCESS) return {};
  return all;
}

/// 1.2 or newer: "OpenCL 1.2 vendor's words".
bool new_enough(cl_device_id device) {
  int major = 0, minor = 0;
  const std::string version = device_text(device, CL_DEVICE_VERSION);
  return std::sscanf(version.c_str(), "OpenCL %d.%d", &major, &minor) == 2 &&
         (major > 1 || minor >= 2);
}

std::vector<FoundDevice> look() {
  std::vector<FoundDevice> all;
  for (cl_platform_id platform : platforms()) {
    cl_uint count = 0;
    if (cl().GetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, nullptr, &count) != CL_SUCCESS) continue;
    std::vector<cl_device_id> ids(count);
    if (cl().GetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count, ids.data(), nullptr) != CL_SUCCESS) {
      continue;
    }
    for (cl_device_id id : ids) {
      const bool usable = new_enough(id) &&
                          device_figure<cl_bool>(id, CL_DEVICE_AVAILABLE) == CL_TRUE &&
                          device_figure<cl_bool>(id, CL_DEVICE_COMPILER_AVAILABLE) == CL_TRUE;
      if (usable) {
        all.push_back({platform, id, device_figure<cl_device_type>(id, CL_DEVICE_TYPE)});
      }
    }
  }
  std::ranges::stable_sort(all, {}, kind_of);
  return all;
}

const char* kind_text(Kind kind) {
  return kind == Kind::gpu ? "gpu" : kind == Kind::cpu ? "cpu" : "npu";
}

std::string types_of(const FoundDevice& device) {
  std::string types = "f32 bf16 f16 i8 i32";
  if (has_extension(device.id, "cl_khr_fp64")) types = "f64 " + types;
  return types;
}

}  // namespace

Kind kind_of(const FoundDevice& device) {
  if ((device.type & CL_DEVICE_TYPE_GPU) != 0) return Kind::gpu;
  return (device.type & CL_DEVICE_TYPE_CPU) != 0 ? Kind::cpu : Kind::other;
}

std::string device_text(cl_device_id device, cl_device_info what) {
  std::size_t bytes = 0;
  if (cl().GetDeviceInfo(device, what, 0, nullptr, &bytes) != CL_SUCCESS) return {};
  std::string text(bytes, '\0');
  if (cl().GetDeviceInfo(device, what, bytes, text.data(), nullptr) != CL_SUCCESS) return {};
  return trimmed(text);
}

template <class T>
T device_figure(cl_device_id device, cl_device_info what) {
  T figure = 0;
  if (cl().GetDeviceInfo(device, what, sizeof figure, &figure, nullptr) != CL_SUCCESS) return 0;
  return figure;
}
template cl_uint device_figure<cl_uint>(cl_device_id, cl_device_info);
template cl_ulong device_figure<cl_ulong>(cl_device_id, cl_device_info);

bool has_extension(cl_device_id device, const std::string& name) {
  std::istringstream words(device_text(device, CL_DEVICE_EXTENSIONS));
  for (std::string word; words >> word;) {
    if (word == name) return true;
  }
  return false;
}

const std::vector<FoundDevice>& found_devices() {
  static const std::vector<FoundDevice> once = look();
  return once;
}

sdk::Findings findings() {
  sdk::Findings out;
  out.devices = static_cast<std::uint32_t>(found_devices().size());
  for (std::size_t i = 0; i < loader().tried.size(); ++i) {
    out.details.emplace_back(fmt::format("loader.{}", i), loader().tried[i]);
  }
  if (loader().path.empty()) {
    out.summary = loader().failure;
    out.hint =
        "install an OpenCL loader and driver (Debian: ocl-icd-libopencl1 and the device's "
        "driver; pocl-opencl-icd for processors)";
    return out;
  }
  const auto all = platforms();
  for (std::size_t i = 0; i < all.size(); ++i) {
    out.details.emplace_back(fmt::format("platform.{}", i),
                             platform_text(all[i], CL_PLATFORM_NAME) + ", " +
                                 platform_text(all[i], CL_PLATFORM_VERSION));
  }
  if (out.devices == 0) {
    out.summary = all.empty() ? "the OpenCL loader " + loader().path + " knows no driver"
                              : "no OpenCL driver has a device of version 1.2 with a compiler";
    out.hint = "install the device's OpenCL driver; they are listed in /etc/OpenCL/vendors";
    return out;
  }
  out.summary = fmt::format("{} OpenCL device{}", out.devices, out.devices == 1 ? "" : "s");
  return out;
}

sdk::DeviceDescription description(const FoundDevice& device) {
  sdk::DeviceDescription out;
  out.name = device_text(device.id, CL_DEVICE_NAME);
  out.vendor = device_text(device.id, CL_DEVICE_VENDOR);
  out.kind = kind_text(kind_of(device));
  out.driver = platform_text(device.platform, CL_PLATFORM_NAME) + " " +
               device_text(device.id, CL_DRIVER_VERSION);
  out.types = types_of(device);
  out.memory_bytes = device_figure<cl_ulong>(device.id, CL_DEVICE_GLOBAL_MEM_SIZE);
  out.cache_bytes = device_figure<cl_ulong>(device.id, CL_DEVICE_GLOBAL_MEM_CACHE_SIZE);
  out.compute_units = device_figure<cl_uint>(device.id, CL_DEVICE_MAX_COMPUTE_UNITS);
  out.clock_hz = 1e6 * device_figure<cl_uint>(device.id, CL_DEVICE_MAX_CLOCK_FREQUENCY);
  const auto local = device_figure<cl_ulong>(device.id, CL_DEVICE_LOCAL_MEM_SIZE);
  out.properties = {
      {"opencl.platform", platform_text(device.platform, CL_PLATFORM_NAME)},
      {"opencl.platform_version", platform_text(device.platform, CL_PLATFORM_VERSION)},
      {"opencl.device_version", device_text(device.id, CL_DEVICE_VERSION)},
      {"opencl.language_version", device_text(device.id, CL_DEVICE_OPENCL_C_VERSION)},
      {"opencl.extensions", device_text(device.id, CL_DEVICE_EXTENSIONS)},
      {"opencl.local_memory_bytes", std::to_string(local)},
      {"opencl.loader", loader().path}};
  if (kind_of(device) == Kind::cpu) {
    out.properties.emplace_back("opencl.note", "a processor: work-groups are loops on its cores");
    out.properties.emplace_back("use", "when named");
  }
  return out;
}

kernels::PortableTarget portable_target(const FoundDevice& device) {
  kernels::PortableTarget out;
  std::size_t items = 0;
  cl().GetDeviceInfo(device.id, CL_DEVICE_MAX_WORK_GROUP_SIZE, sizeof items, &items, nullptr);
  out.prelude = "opencl";
  out.local_memory_bytes =
      static_cast<std::int64_t>(device_figure<cl_ulong>(device.id, CL_DEVICE_LOCAL_MEM_SIZE));
  out.group_size_limit = static_cast<std::int64_t>(items);
  out.compute_units = device_figure<cl_uint>(device.id, CL_DEVICE_MAX_COMPUTE_UNITS);
  out.cpu = kind_of(device) == Kind::cpu;
  if (out.cpu) {
    out.vector_lanes = std::clamp<std::int64_t>(
        device_figure<cl_uint>(device.id, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT), 1, 16);
  }
  out.f16 = has_extension(device.id, "cl_khr_fp16");
  out.f64 = has_extension(device.id, "cl_khr_fp64");
  return out;
}

}  // namespace assay::backends::opencl
