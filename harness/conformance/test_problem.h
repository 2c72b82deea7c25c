// Small problems that a device can solve, with operands on it.
#pragma once

#include <string>
#include <vector>

#include "harness/conformance/subject.h"

namespace assay::harness::conformance {

/// A problem, and an implementation that says it can solve it.
struct Choice {
  std::string problem, implementation;

  std::string text() const { return problem + ", " + implementation; }
};

/// One small problem for every implementation of every operation: the first of each operation come
/// before the second of any.
std::vector<Choice> choices(Subject& subject);

/// A choice with operands on the device, prepared unless told otherwise. Inputs are zeros but where
/// they are part of the problem.
class Specimen {
 public:
  /// Of the first choice; throws Unmet where there is none, or it cannot be prepared.
  explicit Specimen(Subject& subject, bool prepared = true);
  Specimen(Subject& subject, Choice choice, bool prepared = true);
  ~Specimen();
  Specimen(const Specimen&) = delete;
  Specimen& operator=(const Specimen&) = delete;

  const std::string& problem() const { return choice_.problem; }
  const std::string& implementation() const { return choice_.implementation; }
  const std::vector<assay_buffer*>& buffers() const { return pointers_; }
  assay_executable* executable() const { return executable_; }

  /// Once more, into an executable of its own; `out` is null where the status is not ASSAY_OK.
  assay_status prepare(assay_executable** out) const;

 private:
  Subject& subject_;
  Choice choice_;
  std::vector<HeldBuffer> buffers_;
  std::vector<assay_buffer*> pointers_;
  assay_executable* executable_ = nullptr;
};

}  // namespace assay::harness::conformance
