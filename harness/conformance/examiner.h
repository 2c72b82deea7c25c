// The process that calls the module. It reports its findings one per line.
#pragma once

#include "harness/conformance/subject.h"

namespace assay::harness::conformance {

/// Keys of the requests to an examiner and of its messages.
inline constexpr const char *kAsk = "ask", *kSays = "says";

/// Serves requests from harness::kWorkerDescriptor until it closes. Sends "refused" if the loader
/// refuses the module. Returns the process's exit code.
int serve(const SubjectOptions& options);

}  // namespace assay::harness::conformance
