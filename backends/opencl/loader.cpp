#include "backends/opencl/loader.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "backends/sdk/failure.h"

namespace assay::backends::opencl {
namespace {

std::string last_dl_error() {
  const char* const words = dlerror();
  return words ? words : "unknown reason";
}

/// Returns the name of a function that is missing, or "".
std::string fill(Functions& functions, void* library) {
  std::string missing;
#define ASSAY_OPENCL_LOAD(name)                                                            \
  functions.name = reinterpret_cast<decltype(functions.name)>(dlsym(library, "cl" #name)); \
  if (functions.name == nullptr) missing = "cl" #name;
  ASSAY_OPENCL_FUNCTIONS(ASSAY_OPENCL_LOAD)
#undef ASSAY_OPENCL_LOAD
  return missing;
}

std::string path_of(const void* address, const std::string& otherwise) {
  Dl_info info = {};
  return dladdr(address, &info) != 0 && info.dli_fname ? info.dli_fname : otherwise;
}

Loader open_loader() {
  Loader out;
  std::vector<std::string> names = {"libOpenCL.so.1", "libOpenCL.so"};
  // Selects another loader.
  if (const char* own = std::getenv("ASSAY_OPENCL_LIBRARY")) names = {own};
  for (const std::string& name : names) {
    void* const library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      out.tried.push_back(fmt::format("{}: {}", name, last_dl_error()));
      continue;
    }
    const std::string missing = fill(out.functions, library);
    if (missing.empty()) {
      out.path = path_of(reinterpret_cast<const void*>(out.functions.GetPlatformIDs), name);
      out.tried.push_back(fmt::format("{}: opened {}", name, out.path));
      out.failure.clear();
      return out;
    }
    out.tried.push_back(fmt::format("{}: has no {} (older than OpenCL 1.2)", name, missing));
  }
  out.failure = fmt::format("no OpenCL loader ({})", names.front());
  return out;
}

}  // namespace

const Loader& loader() {
  // Not const: a test puts itself between some of the functions and their callers.
  static Loader once = open_loader();
  return once;
}

const Functions& cl() {
  if (loader().path.empty()) throw sdk::Failure(ASSAY_NO_DEVICE, loader().failure);
  return loader().functions;
}

std::string error_name(cl_int code) {
  struct Name {
    cl_int code;
    const char* text;
  };
  static constexpr Name kNames[] = {
      {CL_DEVICE_NOT_FOUND, "CL_DEVICE_NOT_FOUND"},
      {CL_DEVICE_NOT_AVAILABLE, "CL_DEVICE_NOT_AVAILABLE"},
      {CL_COMPILER_NOT_AVAILABLE, "CL_COMPILER_NOT_AVAILABLE"},
      {CL_MEM_OBJECT_ALLOCATION_FAILURE, "CL_MEM_OBJECT_ALLOCATION_FAILURE"},
      {CL_OUT_OF_RESOURCES, "CL_OUT_OF_RESOURCES"},
      {CL_OUT_OF_HOST_MEMORY, "CL_OUT_OF_HOST_MEMORY"},
      {CL_PROFILING_INFO_NOT_AVAILABLE, "CL_PROFILING_INFO_NOT_AVAILABLE"},
      {CL_BUILD_PROGRAM_FAILURE, "CL_BUILD_PROGRAM_FAILURE"},
      {CL_INVALID_VALUE, "CL_INVALID_VALUE"},
      {CL_INVALID_BUFFER_SIZE, "CL_INVALID_BUFFER_SIZE"},
      {CL_INVALID_KERNEL_NAME, "CL_INVALID_KERNEL_NAME"},
      {CL_INVALID_ARG_SIZE, "CL_INVALID_ARG_SIZE"},
      {CL_INVALID_KERNEL_ARGS, "CL_INVALID_KERNEL_ARGS"},
      {CL_INVALID_WORK_GROUP_SIZE, "CL_INVALID_WORK_GROUP_SIZE"},
      {CL_INVALID_WORK_ITEM_SIZE, "CL_INVALID_WORK_ITEM_SIZE"},
      {CL_INVALID_OPERATION, "CL_INVALID_OPERATION"},
      {-1001, "CL_PLATFORM_NOT_FOUND_KHR"}};
  const auto* const known = std::find_if(std::begin(kNames), std::end(kNames),
                                         [&](const Name& name) { return name.code == code; });
  return fmt::format("{} ({})", known == std::end(kNames) ? "OpenCL error" : known->text, code);
}

void check(cl_int code, const std::string& doing) {
  if (code == CL_SUCCESS) return;
  const bool memory = code == CL_MEM_OBJECT_ALLOCATION_FAILURE || code == CL_OUT_OF_HOST_MEMORY ||
                      code == CL_INVALID_BUFFER_SIZE;
  throw sdk::Failure(memory ? ASSAY_OUT_OF_MEMORY : ASSAY_DEVICE_ERROR,
                     fmt::format("{}: {}", doing, error_name(code)));
}

}  // namespace assay::backends::opencl
