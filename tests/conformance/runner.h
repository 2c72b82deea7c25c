// Examines clauses in child processes, so that a crash or a hang fails one clause only.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tests/conformance/clause.h"
#include "tests/conformance/subject.h"

namespace assay::conformance {

struct Result {
  const Clause* clause = nullptr;
  Finding finding;
};

/// What a child tells beside its findings.
struct DeviceNames {
  bool known = false;  ///< whether the module could be asked
  std::vector<std::string> names;
};

/// One result a clause, in their order. A clause that has not ended after `timeout_seconds` counts
/// as hung.
std::vector<Result> examine(std::span<const Clause> clauses, const SubjectOptions& options,
                            double timeout_seconds);

/// The names of the module's devices, asked for in a child process.
DeviceNames device_names(const SubjectOptions& options, double timeout_seconds);

}  // namespace assay::conformance
