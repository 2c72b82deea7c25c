#include "backends/ascend/runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <span>
#include <system_error>

#include "backends/sdk/failure.h"

namespace assay::backends::ascend {
namespace {

constexpr const char* kInstall =
    "install the CANN toolkit and its kernels for this chip, and source its set_env.sh or set "
    "ASCEND_TOOLKIT_HOME";
constexpr const char* kOperatorVariable = "ASCEND_OPP_PATH";

sdk::VendorHomes homes() {
  // CANN 8.5 and later install to cann (hicann/runtime README.md), older ones to ascend-toolkit.
  // Arm and x86 packages have folders of their own next to the links; the driver brings DCMI.
  return {
      {"ASCEND_TOOLKIT_HOME", "ASCEND_HOME_PATH", "ASCEND_HOME"},
      {"/usr/local/Ascend/cann", "/usr/local/Ascend/ascend-toolkit/latest",
       "/usr/local/Ascend/driver", "/usr/local/dcmi"},
      {"lib64", "lib64/driver", "runtime/lib64", "aarch64-linux/lib64", "x86_64-linux/lib64", "."}};
}

#define ASSAY_TAKE(name) libraries.take(#name, acl.name)

void take_runtime(sdk::VendorLibraries& libraries, Acl& acl) {
  ASSAY_TAKE(aclInit);
  ASSAY_TAKE(aclGetRecentErrMsg);
  ASSAY_TAKE(aclrtGetSocName);
  ASSAY_TAKE(aclrtGetDeviceCount);
  ASSAY_TAKE(aclrtSetDevice);
  ASSAY_TAKE(aclrtResetDevice);
  ASSAY_TAKE(aclrtGetCurrentContext);
  ASSAY_TAKE(aclrtSetCurrentContext);
  ASSAY_TAKE(aclrtGetMemInfo);
  ASSAY_TAKE(aclrtMalloc);
  ASSAY_TAKE(aclrtFree);
  ASSAY_TAKE(aclrtMallocHost);
  ASSAY_TAKE(aclrtFreeHost);
  ASSAY_TAKE(aclrtMemset);
  ASSAY_TAKE(aclrtMemsetAsync);
  ASSAY_TAKE(aclrtMemcpy);
  ASSAY_TAKE(aclrtMemcpyAsync);
  ASSAY_TAKE(aclrtCreateStream);
  ASSAY_TAKE(aclrtDestroyStream);
  ASSAY_TAKE(aclrtSynchronizeStream);
  ASSAY_TAKE(aclrtCreateEvent);
  ASSAY_TAKE(aclrtDestroyEvent);
  ASSAY_TAKE(aclrtRecordEvent);
  ASSAY_TAKE(aclrtSynchronizeEvent);
  ASSAY_TAKE(aclrtEventElapsedTime);
}

void take_operators(sdk::VendorLibraries& libraries, Acl& acl) {
  ASSAY_TAKE(aclCreateTensor);
  ASSAY_TAKE(aclDestroyTensor);
  ASSAY_TAKE(aclCreateTensorList);
  ASSAY_TAKE(aclDestroyTensorList);
  ASSAY_TAKE(aclCreateScalar);
  ASSAY_TAKE(aclDestroyScalar);
  ASSAY_TAKE(aclSetAclOpExecutorRepeatable);
  ASSAY_TAKE(aclDestroyAclOpExecutor);
}

#undef ASSAY_TAKE

void take_optional(const sdk::VendorLibraries& libraries, Acl& acl) {
  const auto find = [&libraries]<class Function>(const char* name, Function*& to) {
    to = libraries.find<Function>(name);
  };
  find("aclrtGetVersion", acl.aclrtGetVersion);
  find("aclsysGetCANNVersion", acl.aclsysGetCANNVersion);
  find("aclGetCannAttribute", acl.aclGetCannAttribute);
  find("aclGetDeviceCapability", acl.aclGetDeviceCapability);
  find("aclrtGetLogicDevIdByUserDevId", acl.aclrtGetLogicDevIdByUserDevId);
  find("aclrtGetDeviceInfo", acl.aclrtGetDeviceInfo);
}

/// What ACLNN_ERR_INNER_OPP_PATH_NOT_FOUND asks for.
std::string why_no_operator_path() {
  const char* const told = std::getenv(kOperatorVariable);
  return fmt::format(
      "ASCEND_OPP_PATH, by which aclnn finds its operators, {}: source the set_env.sh of the CANN "
      "toolkit (/usr/local/Ascend/cann/set_env.sh, before CANN 8.5 "
      "/usr/local/Ascend/ascend-toolkit/set_env.sh)",
      told == nullptr ? "is not set" : fmt::format("names {}, where it finds none", told));
}

std::string with_words_of(const Acl& acl, Status status, const std::string& doing) {
  const char* const own = acl.aclGetRecentErrMsg == nullptr ? nullptr : acl.aclGetRecentErrMsg();
  std::string text = fmt::format("{}: error {}", doing, status);
  if (own != nullptr && *own != '\0') text += fmt::format(", {}", own);
  if (status == kNoOperatorPath) text += "; " + why_no_operator_path();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// The folder opp, which holds the operators, of the toolkit that has this library; empty where
/// there is none.
std::filesystem::path operators_beside(const std::filesystem::path& library) {
  if (!library.is_absolute()) return {};
  // TOOLKIT/lib64/ or TOOLKIT/aarch64-linux/lib64/.
  std::filesystem::path toolkit = library.parent_path().parent_path();
  if (toolkit.filename().string().ends_with("-linux")) toolkit = toolkit.parent_path();
  std::error_code error;
  const bool found = std::filesystem::is_directory(toolkit / "opp", error);
  return found ? toolkit / "opp" : std::filesystem::path();
}

/// aclnn finds its operators by this variable alone, and reads it in the first call of an operator.
void set_operator_path(Runtime& all) {
  const char* const told = std::getenv(kOperatorVariable);
  if (told != nullptr && *told != '\0') return;
  const std::filesystem::path library = all.libraries.file_of("libascendcl.so");
  const std::filesystem::path operators = operators_beside(library);
  if (operators.empty()) {
    all.operator_path = fmt::format("not set, and there is no opp beside {}", library.string());
    return;
  }
  setenv(kOperatorVariable, operators.c_str(), 1);
  all.operator_path = fmt::format("was not set; set to {}", operators.string());
}

/// "" or why nothing can be run with what was opened.
std::string open_libraries(Runtime& all) {
  if (!all.libraries.open("libascendcl.so")) {
    return "CANN: " + all.libraries.why_not("libascendcl.so");
  }
  set_operator_path(all);
  // CANN 8.5 and later split libopapi.so into parts, of which each may be missing.
  const bool tensors = all.libraries.open("libnnopbase.so");
  bool operators = all.libraries.open("libopapi.so");
  for (const char* part : {"libopapi_math.so", "libopapi_nn.so", "libopapi_transformer.so"}) {
    operators = all.libraries.open(part, false) || operators;
  }
  if (!tensors || !operators) {
    return fmt::format("libascendcl.so is there, but no {} of CANN",
                       tensors ? "libopapi.so" : "libnnopbase.so");
  }
  take_runtime(all.libraries, all.acl);
  take_operators(all.libraries, all.acl);
  take_optional(all.libraries, all.acl);
  all.dcmi = open_dcmi(all.libraries);
  all.hccl = open_hccl(all.libraries);
  if (all.libraries.missing().empty()) return "";
  return "CANN's libraries lack " + all.libraries.missing();
}

std::string start(Runtime& all) {
  const Acl& acl = all.acl;
  const Status initialised = acl.aclInit(nullptr);
  if (initialised != 0 && initialised != kRepeatedInit) {
    return with_words_of(acl, initialised, "aclInit");
  }
  if (const char* const soc = acl.aclrtGetSocName()) all.soc = soc;
  const Status counted = acl.aclrtGetDeviceCount(&all.devices);
  if (counted != 0) {
    all.devices = 0;
    return with_words_of(acl, counted, "aclrtGetDeviceCount");
  }
  return all.devices == 0 ? "CANN is installed but finds no device" : "";
}

Runtime opened() {
  Runtime all{sdk::VendorLibraries(homes())};
  all.failure = open_libraries(all);
  if (!all.failure.empty()) {
    all.hint = kInstall;
  } else {
    all.failure = start(all);
    if (!all.failure.empty()) {
      all.hint =
          "check the driver and this container's devices (npu-smi info, /dev/davinci*), and that "
          "the versions of driver and toolkit match";
    }
  }
  all.details = all.libraries.details();
  all.details.emplace_back("hardware", "untried on hardware: only a pretended runtime has run");
  if (!all.operator_path.empty()) {
    all.details.emplace_back(kOperatorVariable, all.operator_path);
  }
  if (!all.soc.empty()) all.details.emplace_back("soc", all.soc);
  return all;
}

bool among(Status status, std::span<const Status> list) {
  return std::find(list.begin(), list.end(), status) != list.end();
}

}  // namespace

const Runtime& runtime() {
  static const Runtime once = opened();
  return once;
}

std::string words(Status status, const std::string& doing) {
  return with_words_of(runtime().acl, status, doing);
}

void check(Status status, const std::string& doing) {
  if (status == 0) return;
  assay_status kind = ASSAY_DEVICE_ERROR;
  if (among(status, kOutOfMemory)) kind = ASSAY_OUT_OF_MEMORY;
  if (among(status, kNotSupported) || is_refusal(status)) kind = ASSAY_UNSUPPORTED;
  throw sdk::Failure(kind, words(status, doing));
}

}  // namespace assay::backends::ascend
