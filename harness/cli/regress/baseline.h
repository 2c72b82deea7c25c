// Comparison of one run with another, where there is no history.
#pragma once

#include <string>

#include "harness/cli/regress/history_options.h"

namespace assay::cli::regress {

struct BaselineChoice {
  std::string baseline, run;
  const HistoryChoice& choice;
  bool json = false;
};

/// Prints the problems that became slower or faster by at least the minimum effect: the whole 95%
/// interval of the ratio lies beyond it. Returns the exit code: 1 if one became slower.
int compare_with_baseline(const BaselineChoice& choice);

}  // namespace assay::cli::regress
