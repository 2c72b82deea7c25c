// One implementation's answers to one problem, and all that was noticed beside them.
#pragma once

#include <string>
#include <vector>

#include "kernels/operation.h"
#include "kernels/problem.h"

namespace assay::harness::conformance {

class Subject;

/// Each text says what was found, and is empty where nothing was.
struct Trial {
  std::string problem, implementation;
  std::string wrong;        ///< the first launch's result, or why there was none
  std::string disturbed;    ///< memory that was none of the implementation's to write
  std::string wrong_again;  ///< later launches' result
  bool launched = false;    ///< whether the two above were examined at all
  bool same_bits = true;    ///< later launches gave what the first gave
};

Trial try_out(Subject& subject, const kernels::Problem& problem, const std::string& implementation);

/// Small problems of an operation: drawn from its fields' own choices, so that a new operation
/// needs nothing here. Always the same ones.
std::vector<kernels::Problem> small_problems(const kernels::Operation& operation, std::size_t most);

}  // namespace assay::harness::conformance
