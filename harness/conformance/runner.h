// Tests clauses in separate processes, so that a crash or a hang fails only one clause.
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
  double seconds = 0;  ///< duration of the test
};

struct RunnerSettings {
  /// Seconds without a message after which a clause counts as hung.
  double timeout_seconds = 60;
  /// Called when a clause begins and while it runs, with its index in the span and its current
  /// activity.
  std::function<void(std::size_t index, const std::string& doing)> on_progress;
};

/// Returns one result per clause, in order. Throws InputError with the loader's message and hint if
/// the loader refuses the module.
std::vector<Result> examine(std::span<const Clause> clauses, const SubjectOptions& options,
                            const RunnerSettings& settings);

struct DeviceNames {
  std::vector<std::string> names;
  std::string failure;  ///< why they could not be read; empty on success
};

/// The names of the module's devices. Throws InputError like examine().
DeviceNames device_names(const SubjectOptions& options, const RunnerSettings& settings);

}  // namespace assay::harness::conformance
