// The side that calls into the module: one process, which says what it finds a line at a time.
#pragma once

#include "harness/conformance/subject.h"

namespace assay::harness::conformance {

/// Keys of what is asked of an examiner and of what it says.
inline constexpr const char *kAsk = "ask", *kSays = "says";

/// Serves requests from harness::kWorkerDescriptor until it closes; says "refused" where the loader
/// refuses the module. Returns the process's exit code.
int serve(const SubjectOptions& options);

}  // namespace assay::harness::conformance
