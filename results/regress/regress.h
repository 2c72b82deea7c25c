// Finds changes in the histories of a store, and decides which of them are regressions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "results/record/environment_changes.h"
#include "results/regress/accepted.h"
#include "results/regress/confirmation.h"
#include "results/regress/findings.h"
#include "results/regress/irregularities.h"
#include "results/regress/series.h"

namespace assay::results::regress {

enum class FindingState {
  regression,   ///< worse, and still so
  returned,     ///< worse, but at a level that the series takes again and again
  unconfirmed,  ///< worse, but as fast as before when it was measured again since
  of_machine,   ///< worse, and controls that were measured again since are worse as well
  recovered,    ///< became worse, and is good again
  accepted,     ///< worse, but accepted by an entry
  improvement,
  noisier,       ///< noise increased
  quieter_since  ///< noise increased, and decreased again
};
std::string_view name(FindingState state);

/// The first run of the new level; of a drift, the last run of the old one.
const HistoryRun& first_run(const Series& series, const HistoryFinding& finding);

struct ReportedFinding {
  std::size_t series = 0;  ///< index into Regressions::series
  HistoryFinding finding;
  FindingState state = FindingState::regression;
  const Accepted* accepted = nullptr;  ///< the entry about it, which may be expired; or null
  bool expired = false;
  std::optional<std::size_t> together;  ///< index into Regressions::together
  Confirmed confirmed = {};             ///< what measuring it again showed
  /// Differences between the environments of the last run of the old level and of the first run
  /// of the new one.
  std::vector<record::EnvironmentChange> environment;
};

/// A change that nearly all series of a device have at the same run: the machine changed, not one
/// implementation.
struct CommonChange {
  std::string device;
  std::size_t series = 0;          ///< one that changed, index into Regressions::series
  std::size_t run = 0;             ///< the first run of the new level, index into its runs
  std::size_t moved = 0, all = 0;  ///< numbers of series that changed in this direction, and of all
  double change = 0;               ///< median of the relative changes; above zero: worse
};

/// A series that may have become worse; more runs will tell.
struct WatchedSeries {
  std::size_t series = 0;
  Watched watched;
};

struct RegressOptions {
  FindingOptions findings;
  double false_share = 0.01;  ///< accepted share of false findings (Benjamini & Hochberg)
  std::string today;          ///< "2026-11-25"
  std::string since;          ///< only changes from this day on are reported; all if empty
  std::vector<Accepted> accepted;
  /// The series of SeriesOptions::confirmations.
  std::vector<Series> confirmations;
  /// Called after each series, by one thread at a time.
  std::function<void(std::size_t done, std::size_t all)> progress;
};

struct Regressions {
  std::vector<Series> series;
  std::vector<statistics::Bounds> levels;  ///< of each series
  std::vector<ReportedFinding> findings;   ///< regressions first, the largest first
  std::vector<const Accepted*> unused;     ///< entries without a finding
  std::vector<CommonChange> together;      ///< the last first
  std::vector<WatchedSeries> watched;      ///< without those with a regression, the largest first
  std::size_t short_series = 0;            ///< number of series with too few runs to tell anything
  std::size_t missing_runs = 0;            ///< how many more runs the longest of these series needs
  /// Number of series in which only large changes can be told.
  std::size_t large_only = 0;
  Irregularities irregular;

  std::size_t regressions() const;
  /// Number of series in which something can be told.
  std::size_t judged() const { return series.size() - short_series; }
};

/// The regressions that should be measured again: recent steps that have not been confirmed, the
/// largest first; and the quiet series of the same devices to measure beside them. Indices into
/// Regressions::series.
struct ToMeasureAgain {
  std::vector<std::size_t> suspicious, controls;
};
ToMeasureAgain to_measure_again(const Regressions& found);

/// `environment` returns the JSON of an environment by its hash. Series are judged in parallel,
/// each separately and with the same seed, so that the result does not depend on the others.
Regressions find_regressions(std::vector<Series> series, const RegressOptions& options,
                             const std::function<std::string(const std::string&)>& environment);

}  // namespace assay::results::regress
