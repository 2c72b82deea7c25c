// Small problems that a device can solve, with operands on the device.
#pragma once

#include <string>
#include <vector>

#include "harness/conformance/subject.h"

namespace assay::harness::conformance {

/// A problem and an implementation that claims to solve it.
struct Choice {
  std::string problem, implementation;

  std::string text() const { return problem + ", " + implementation; }
};

/// One small problem for every implementation of every operation. The first ones of all operations
/// come before the second ones.
std::vector<Choice> choices(Subject& subject);

/// A choice with operands on the device. Inputs are zeros, except those that are part of the
/// problem.
class TestProblem {
 public:
  /// Uses the first choice; throws MissingPrerequisite if there is none or it cannot be prepared.
  explicit TestProblem(Subject& subject, bool prepared = true);
  TestProblem(Subject& subject, Choice choice, bool prepared = true);
  ~TestProblem();
  TestProblem(const TestProblem&) = delete;
  TestProblem& operator=(const TestProblem&) = delete;

  const std::string& problem() const { return choice_.problem; }
  const std::string& implementation() const { return choice_.implementation; }
  const std::vector<assay_buffer*>& buffers() const { return pointers_; }
  assay_executable* executable() const { return executable_; }

  /// Prepares it again as a separate executable; `out` is null unless the status is ASSAY_OK.
  assay_status prepare(assay_executable** out) const;

 private:
  Subject& subject_;
  Choice choice_;
  std::vector<DeviceBuffer> buffers_;
  std::vector<assay_buffer*> pointers_;
  assay_executable* executable_ = nullptr;
};

}  // namespace assay::harness::conformance
