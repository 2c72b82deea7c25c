// Finds changes in the histories of a store, and decides which of them are regressions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "results/record/environment_changes.h"
#include "results/regress/accepted.h"
#include "results/regress/findings.h"
#include "results/regress/series.h"

namespace assay::results::regress {

enum class FindingState {
  regression,  ///< worse, and still so
  recovered,   ///< became worse, and is good again
  accepted,    ///< worse, but accepted by an entry
  improvement,
  noisier,       ///< noise increased
  quieter_since  ///< noise increased, and decreased again
};
std::string_view name(FindingState state);

struct ReportedFinding {
  std::size_t series = 0;  ///< index into Regressions::series
  HistoryFinding finding;
  FindingState state = FindingState::regression;
  const Accepted* accepted = nullptr;  ///< the entry about it, which may be expired; or null
  bool expired = false;
  /// Differences between the environments of the last run of the old level and of the first run
  /// of the new one.
  std::vector<record::EnvironmentChange> environment;
};

struct RegressOptions {
  FindingOptions findings;
  double false_share = 0.01;  ///< accepted share of false findings (Benjamini & Hochberg)
  std::string today;          ///< "2026-11-25"
  std::string since;          ///< only changes from this day on are reported; all if empty
  std::vector<Accepted> accepted;
  /// Called after each series, by one thread at a time.
  std::function<void(std::size_t done, std::size_t all)> progress;
};

struct Regressions {
  std::vector<Series> series;
  std::vector<statistics::Bounds> levels;  ///< of each series
  std::vector<ReportedFinding> findings;   ///< regressions first, the largest first
  std::vector<const Accepted*> unused;     ///< entries without a finding
  std::size_t short_series = 0;            ///< number of series with too few runs

  std::size_t regressions() const;
};

/// `environment` returns the JSON of an environment by its hash. Series are judged in parallel,
/// each separately and with the same seed, so that the result does not depend on the others.
Regressions find_regressions(std::vector<Series> series, const RegressOptions& options,
                             const std::function<std::string(const std::string&)>& environment);

}  // namespace assay::results::regress
