// One run held against another, where there is no history.
#pragma once

#include <string>

#include "harness/cli/regress/history_options.h"

namespace assay::cli {

struct BaselineChoice {
  std::string baseline, run;
  const HistoryChoice& choice;
  bool json = false;
};

/// Prints the problems whose time grew or shrank by the minimum effect for certain: the whole 95%
/// interval of the ratio lies beyond it. Returns the exit code: 1 where one grew.
int compare_with_baseline(const BaselineChoice& choice);

}  // namespace assay::cli
