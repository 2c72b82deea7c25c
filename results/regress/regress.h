// What changed over the histories of a store, and what of it is a regression.
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
  regression,  ///< worse, and so at present
  recovered,   ///< worse, and undone since
  accepted,    ///< worse, and an entry says why that is well
  improvement,
  noisier,       ///< noise that grew
  quieter_since  ///< noise that grew, and fell since
};
std::string_view name(FindingState state);

struct Told {
  std::size_t series = 0;  ///< index into Regressions::series
  HistoryFinding finding;
  FindingState state = FindingState::regression;
  const Accepted* accepted = nullptr;  ///< the entry that means it, be it expired
  bool expired = false;
  /// What differs between the environments of the last night of the old level and the first of the
  /// new one.
  std::vector<record::EnvironmentChange> environment;
};

struct RegressOptions {
  FindingOptions findings;
  double false_share = 0.01;  ///< of findings that may be false (Benjamini & Hochberg)
  std::string today;          ///< "2026-11-25"
  std::string since;          ///< day from which on changes are told; empty: all
  std::vector<Accepted> accepted;
  /// Called as series are done, from one thread at a time.
  std::function<void(std::size_t done, std::size_t all)> progress;
};

struct Regressions {
  std::vector<Series> series;
  std::vector<Bounds> levels;         ///< of each series
  std::vector<Told> told;             ///< regressions first, the greatest first
  std::vector<const Accepted*> idle;  ///< entries that mean nothing here
  std::size_t short_series = 0;       ///< of too few nights to judge

  std::size_t regressions() const;
};

/// `environment` gives the JSON of a hash. Series are judged on all cores, each alone and with the
/// same seed, so that the outcome depends on nothing else.
Regressions find_regressions(std::vector<Series> series, const RegressOptions& options,
                             const std::function<std::string(const std::string&)>& environment);

}  // namespace assay::results::regress
