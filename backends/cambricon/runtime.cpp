#include "backends/cambricon/runtime.h"

#include <fmt/format.h>

#include <type_traits>

#include "backends/sdk/failure.h"

namespace assay::backends::cambricon {
namespace {

sdk::VendorHomes homes() {
  return {{"NEUWARE_HOME"}, {"/usr/local/neuware"}, {"lib64", "lib"}};
}

#define ASSAY_TAKE(name) libraries.take(#name, api.name)

void take_runtime(sdk::VendorLibraries& libraries, Api& api) {
  ASSAY_TAKE(cnrtGetDeviceCount);
  ASSAY_TAKE(cnrtSetDevice);
  ASSAY_TAKE(cnrtGetErrorStr);
  ASSAY_TAKE(cnrtDeviceGetAttribute);
  ASSAY_TAKE(cnrtMemGetInfo);
  ASSAY_TAKE(cnrtMalloc);
  ASSAY_TAKE(cnrtFree);
  ASSAY_TAKE(cnrtHostMalloc);
  ASSAY_TAKE(cnrtFreeHost);
  ASSAY_TAKE(cnrtMemset);
  ASSAY_TAKE(cnrtMemsetAsync);
  ASSAY_TAKE(cnrtMemcpy);
  ASSAY_TAKE(cnrtQueueCreate);
  ASSAY_TAKE(cnrtQueueDestroy);
  ASSAY_TAKE(cnrtQueueSync);
  ASSAY_TAKE(cnrtNotifierCreate);
  ASSAY_TAKE(cnrtNotifierDestroy);
  ASSAY_TAKE(cnrtPlaceNotifier);
  ASSAY_TAKE(cnrtWaitNotifier);
  ASSAY_TAKE(cnrtNotifierDuration);
}

void take_library(sdk::VendorLibraries& libraries, Api& api) {
  ASSAY_TAKE(cnnlCreate);
  ASSAY_TAKE(cnnlDestroy);
  ASSAY_TAKE(cnnlSetQueue);
  ASSAY_TAKE(cnnlGetErrorString);
  ASSAY_TAKE(cnnlCreateTensorDescriptor);
  ASSAY_TAKE(cnnlDestroyTensorDescriptor);
  ASSAY_TAKE(cnnlSetTensorDescriptorEx);
}

#undef ASSAY_TAKE

void take_enqueued_copy(sdk::VendorLibraries& libraries, Api& api) {
  using Copy = std::remove_pointer_t<decltype(api.cnrtMemcpyAsync)>;
  api.enqueued_copy = "cnrtMemcpyAsync_V2";
  api.cnrtMemcpyAsync = libraries.find<Copy>(api.enqueued_copy);
  if (api.cnrtMemcpyAsync != nullptr) return;
  api.enqueued_copy = "cnrtMemcpyAsync";
  libraries.take(api.enqueued_copy, api.cnrtMemcpyAsync);
}

void take_optional(const sdk::VendorLibraries& libraries, Api& api) {
  const auto find = [&libraries]<class Function>(const char* name, Function*& to) {
    to = libraries.find<Function>(name);
  };
  find("cnrtDeviceGetPCIBusId", api.cnrtDeviceGetPCIBusId);
  find("cnrtGetLibVersion", api.cnrtGetLibVersion);
  find("cnrtDriverGetVersion", api.cnrtDriverGetVersion);
  find("cnnlSetTensorDescriptorEx_v2", api.cnnlSetTensorDescriptorEx_v2);
  find("cnnlGetLibVersion", api.cnnlGetLibVersion);
  find("cnInit", api.cnInit);
  find("cnDeviceGet", api.cnDeviceGet);
  find("cnDeviceGetName", api.cnDeviceGetName);
}

std::string open_libraries(Runtime& all) {
  // The driver's library comes first, since CNRT is linked against it.
  all.libraries.open("libcndrv.so");
  if (!all.libraries.open("libcnrt.so")) {
    return "Neuware: " + all.libraries.why_not("libcnrt.so");
  }
  if (!all.libraries.open("libcnnl.so")) return "libcnrt.so was found, but no libcnnl.so";
  take_runtime(all.libraries, all.api);
  take_enqueued_copy(all.libraries, all.api);
  take_library(all.libraries, all.api);
  take_optional(all.libraries, all.api);
  all.cndev = open_cndev(all.libraries);
  if (all.libraries.missing().empty()) return "";
  return "Neuware's libraries lack " + all.libraries.missing();
}

std::string words(const char* own, Status status, const std::string& doing) {
  return fmt::format("{}: error {}{}{}", doing, status, own == nullptr ? "" : ", ",
                     own == nullptr ? "" : own);
}

std::string count_devices(Runtime& all) {
  const Status status = all.api.cnrtGetDeviceCount(&all.devices);
  if (status != 0) {
    all.devices = 0;
    return status == kNoDevice
               ? "Neuware is installed but finds no device"
               : words(all.api.cnrtGetErrorStr(status), status, "cnrtGetDeviceCount");
  }
  return all.devices == 0 ? "Neuware is installed but finds no device" : "";
}

Runtime opened() {
  Runtime all{sdk::VendorLibraries(homes())};
  all.failure = open_libraries(all);
  if (!all.failure.empty()) {
    all.hint = "install Neuware with CNToolkit and CNNL, and set NEUWARE_HOME";
  } else {
    all.failure = count_devices(all);
    if (!all.failure.empty()) {
      all.hint = "check the driver and this container's devices (cnmon, /dev/cambricon_dev*)";
    }
  }
  all.details = all.libraries.details();
  all.details.emplace_back("hardware", "untried on hardware: only a pretended runtime has run");
  return all;
}

}  // namespace

const Runtime& runtime() {
  static const Runtime once = opened();
  return once;
}

void check(Status status, const std::string& doing) {
  if (status == 0) return;
  assay_status kind = ASSAY_DEVICE_ERROR;
  if (status == kNoMemory) kind = ASSAY_OUT_OF_MEMORY;
  if (status == kNotSupported) kind = ASSAY_UNSUPPORTED;
  throw sdk::Failure(kind, words(runtime().api.cnrtGetErrorStr(status), status, doing));
}

void check_nn(Status status, const std::string& doing) {
  if (status == 0) return;
  assay_status kind = ASSAY_DEVICE_ERROR;
  if (status == kNnNoMemory) kind = ASSAY_OUT_OF_MEMORY;
  if (status == kNnNotSupported) kind = ASSAY_UNSUPPORTED;
  throw sdk::Failure(kind, words(runtime().api.cnnlGetErrorString(status), status, doing));
}

void check_plan(Status status, const std::string& doing) {
  if (status != kNnBadParameter) return check_nn(status, doing);
  throw sdk::Failure(ASSAY_UNSUPPORTED,
                     words(runtime().api.cnnlGetErrorString(status), status, doing));
}

}  // namespace assay::backends::cambricon
