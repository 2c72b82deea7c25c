// Options that say what is measured and how, as `assay run` and `assay-benchmark` take them.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/options.h"
#include "harness/plan/suite.h"
#include "kernels/problem.h"

namespace assay::cli {

struct MeasurementChoice {
  std::string suite;
  std::vector<kernels::Problem> problems;
  std::vector<std::string> devices;
  harness::plan::MeasurementOptions measurement;
  unsigned threads = 0;  ///< of a CPU device; 0: all
};

/// --suite, --problem, --implementation, --division and --device. Returns all but --device, the
/// suite first.
std::vector<Option*> add_what_to_measure(Options& options, MeasurementChoice& choice);
/// --mode and --threads. Returns both.
std::vector<Option*> add_how_to_measure(Options& options, MeasurementChoice& choice);

}  // namespace assay::cli
