// Measures suspicious changes again, in new processes and in a new order, beside quiet controls.
#pragma once

#include <cstdint>

#include "harness/cli/regress/history_options.h"

namespace assay::cli::regress {

struct ConfirmChoice {
  bool confirm = false;
  std::uint32_t processes = 5;  ///< that measure each series again
};

/// Measures what to_measure_again() names, each as in its last run, and keeps the results in the
/// store as a run of the suite record::kConfirmationSuite. Returns whether anything was measured;
/// says on stderr what could not be.
bool measure_again(const HistoryChoice& history, const results::regress::Regressions& found,
                   const ConfirmChoice& choice);

}  // namespace assay::cli::regress
