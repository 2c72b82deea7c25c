// Finds changes in a history: steps, slow drifts, and increased noise.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "results/statistics/change_points.h"
#include "results/statistics/shift.h"

namespace assay::results::regress {

enum class FindingKind { step, drift, noise };
std::string_view name(FindingKind kind);

/// A change in a history of positive values, where less is better. Runs are numbered from 0.
struct HistoryFinding {
  FindingKind kind = FindingKind::step;
  std::size_t first =
      0;                 ///< first run of the new level; for a drift, the last run of the old level
  std::size_t last = 0;  ///< for a drift, the first run of the new level; else equal to `first`
  std::size_t earliest = 0, latest = 0;  ///< range of runs that are possible for `first`
  double before = 0, after = 0;          ///< levels; for noise, relative deviations
  statistics::Shift
      change;  ///< relative: 0.02 is 2% more; for noise, the ratio of deviations minus 1
  double probability = 1;  ///< of such a change if there is none
  bool sudden = false;     ///< told by its size alone, before the tests of the level can tell it
  double false_share = 1;  ///< probability adjusted for all series (Benjamini & Hochberg)
  bool recovered =
      false;  ///< the last level is worse by less than the minimum effect, with confidence
  /// The series alternates: it was at the new level before, or came back to the old one, at least
  /// kAlternations times within kAlternationReach runs. Not a new regression then.
  bool returned = false;

  /// Whether the time or the energy increased.
  bool worse() const { return kind != FindingKind::noise && change.value > 0; }
  /// Worse, still so, and not a level that the series takes again and again.
  bool alarms() const { return worse() && !recovered && !returned; }
};
inline constexpr std::size_t kAlternations = 2, kAlternationReach = 90;

struct FindingOptions {
  double minimum_effect = 0.02;  ///< changes that are smaller with confidence are left out
  double noise_factor = 1.5;     ///< least ratio of the deviations for increased noise
  statistics::ChangeOptions changes;
  double confidence = 0.95;  ///< of intervals
  bool alert_first = false;  ///< tell a large change at its first run, not at its second
};

/// Series with fewer runs are not judged: a large change needs five runs before it and two after
/// it.
inline constexpr std::size_t kFewestRuns = 7;
/// In series with fewer runs only large changes can be told (statistics::ChangeOptions::sudden):
/// there are not enough orders of the runs for the permutation test.
inline constexpr std::size_t kFewestForSteps = 24;

/// An increase at the end of a history that is not certain yet.
struct Watched {
  std::size_t first = 0;         ///< the first run of the possible level
  double before = 0, after = 0;  ///< levels
  /// Runs at this level that would make it certain; 0: more than kMostMore, or not known.
  std::size_t more = 0;

  double change() const { return after / before - 1; }
};
inline constexpr std::size_t kMostMore = 30;

struct JudgedHistory {
  std::vector<HistoryFinding> findings;
  statistics::Bounds levels;  ///< segments between certain changes of any size
  std::optional<Watched> watched;
};

/// For fewer than fewest_runs() values there is one segment and no finding.
JudgedHistory judge_history(std::span<const double> values, const FindingOptions& options);

/// kFewestRuns, or one less if a large change is told at its first run.
std::size_t fewest_runs(const FindingOptions& options);

/// Applies Benjamini & Hochberg (1995) to the findings of all series. Each probability is first
/// multiplied by the number of runs of its series, since a change may be at any of them. Keeps
/// findings with a false share up to `share`.
void control_false_findings(std::vector<std::vector<HistoryFinding>>& findings,
                            std::span<const std::size_t> runs, double share);

}  // namespace assay::results::regress
