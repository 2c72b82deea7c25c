// CANN in this process: opened and initialised once, where it is installed.
#pragma once

#include <cstdint>
#include <string>

#include "backends/ascend/acl.h"
#include "backends/ascend/dcmi.h"
#include "backends/ascend/hccl_calls.h"
#include "backends/sdk/description.h"
#include "backends/sdk/vendor_library.h"

namespace assay::backends::ascend {

struct Runtime {
  sdk::VendorLibraries libraries;
  Acl acl = {};
  Dcmi dcmi = {};
  Hccl hccl = {};
  std::uint32_t devices = 0;
  std::string soc;      ///< "Ascend910_9392"
  std::string failure;  ///< why there is no device; empty where there is one
  std::string hint;
  /// What became of an ASCEND_OPP_PATH that was not set; empty where it was set.
  std::string operator_path;
  sdk::Pairs details;

  /// An operator's function of this name in libopapi or its parts; null where there is none.
  template <class Function>
  Function* operator_function(const std::string& name) const {
    return libraries.find<Function>(name);
  }
};

const Runtime& runtime();

/// Throws sdk::Failure unless the status is 0: "aclrtMalloc: 207001, …" with CANN's own words.
void check(Status status, const std::string& doing);
/// The same text, without throwing.
std::string words(Status status, const std::string& doing);

}  // namespace assay::backends::ascend
