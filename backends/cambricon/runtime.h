// CNRT and CNNL in this process: opened once, where they are installed.
#pragma once

#include <string>

#include "backends/cambricon/cndev.h"
#include "backends/cambricon/cnrt.h"
#include "backends/sdk/description.h"
#include "backends/sdk/vendor_library.h"

namespace assay::backends::cambricon {

struct Runtime {
  sdk::VendorLibraries libraries;
  Api api = {};
  Cndev cndev;
  unsigned int devices = 0;
  std::string failure;  ///< why there is no device; empty where there is one
  std::string hint;
  sdk::Pairs details;
};

const Runtime& runtime();

/// Throw sdk::Failure unless the status is 0, of CNRT and of CNNL.
void check(Status status, const std::string& doing);
void check_nn(Status status, const std::string& doing);
/// The same for CNNL's planning, where a rejected parameter is a type or a shape that CNNL
/// does not compute: ASSAY_UNSUPPORTED.
void check_plan(Status status, const std::string& doing);

}  // namespace assay::backends::cambricon
