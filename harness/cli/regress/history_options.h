// What `history` and `regress` take and do alike.
#pragma once

#include <filesystem>
#include <string>

#include "results/regress/regress.h"
#include "results/store/store.h"

namespace CLI {
class App;
}

namespace assay::cli {

struct HistoryChoice {
  results::store::Filter filter;
  results::regress::SeriesOptions series;
  std::string minimum_effect = "2%", since, db;
};

/// Adds filters, --per-device, --min-effect, --since and --db.
void add_history_options(CLI::App& app, HistoryChoice& choice);

/// Reads the store and judges it, with progress on a terminal. Throws InputError where it holds
/// nothing that was asked for.
results::regress::Regressions judged_history(const HistoryChoice& choice,
                                             results::regress::RegressOptions& options);

/// "2026-11-25", by the clock.
std::string today();

}  // namespace assay::cli
