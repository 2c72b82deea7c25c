// The results of one implementation for one problem, and side effects that were detected.
#pragma once

#include <string>
#include <vector>

#include "kernels/operation.h"
#include "kernels/problem.h"

namespace assay::harness::conformance {

class Subject;

/// Each text says what was found, and is empty if nothing was.
struct Trial {
  std::string problem, implementation;
  std::string wrong;        ///< what is wrong with the first launch's result, or why there is none
  std::string disturbed;    ///< memory that the implementation must not write but changed
  std::string wrong_again;  ///< the same for later launches
  std::string wrong_changed;  ///< the same for a launch after other inputs were uploaded
  bool changed = false;       ///< whether that was tested
  bool launched = false;      ///< whether `disturbed` and `wrong_again` were tested at all
  bool same_bits = true;      ///< later launches gave the same bits as the first
};

Trial try_out(Subject& subject, const kernels::Problem& problem, const std::string& implementation);

/// Small problems of an operation. They are drawn from the choices of its fields, so that a new
/// operation needs no changes here. The problems are always the same.
std::vector<kernels::Problem> small_problems(const kernels::Operation& operation, std::size_t most);

}  // namespace assay::harness::conformance
