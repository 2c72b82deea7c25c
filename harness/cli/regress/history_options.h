// What `history` and `regress` share.
#pragma once

#include <optional>
#include <string>

#include "harness/cli/options.h"
#include "results/regress/regress.h"
#include "results/store/store.h"

namespace assay::cli::regress {

struct HistoryChoice {
  results::store::Filter filter;
  results::regress::SeriesOptions series;
  double minimum_effect = 0;  ///< relative; smaller changes are left out
  std::string since;          ///< "2026-11-01"; empty: all
  std::optional<results::store::StoreAddress> db;
};

/// Adds filters, --per-device, --min-effect, --since and --db.
void add_history_options(Options& options, HistoryChoice& choice);

/// Reads the store and looks for changes, with progress on a terminal. Throws InputError where no
/// record fits the filter.
results::regress::Regressions judged_history(const HistoryChoice& choice,
                                             results::regress::RegressOptions& options);

/// The date in UTC, "2026-11-25".
std::string today();

}  // namespace assay::cli::regress
