// Examines clauses in processes of their own, so that a crash or a hang fails one clause only.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "harness/conformance/clause.h"
#include "harness/conformance/subject.h"

namespace assay::harness::conformance {

struct Result {
  const Clause* clause = nullptr;
  Finding finding;
  double seconds = 0;  ///< that examining it took
};

struct RunnerSettings {
  /// Seconds without a sign of life after which a clause counts as hung.
  double timeout_seconds = 60;
  /// Told when a clause begins, and again as it goes on: its place in the span, and what it is at.
  std::function<void(std::size_t index, const std::string& doing)> on_progress;
};

/// One result a clause, in their order. Throws InputError with the loader's words and hint where it
/// refuses the module.
std::vector<Result> examine(std::span<const Clause> clauses, const SubjectOptions& options,
                            const RunnerSettings& settings);

struct DeviceNames {
  std::vector<std::string> names;
  std::string failure;  ///< why they could not be had; empty where they could
};

/// The names of the module's devices. Throws InputError as examine() does.
DeviceNames device_names(const SubjectOptions& options, const RunnerSettings& settings);

}  // namespace assay::harness::conformance
