// What changed in a history: steps, slow drifts, and noise that grew.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "results/regress/change_points.h"
#include "results/regress/evidence.h"

namespace assay::results::regress {

enum class FindingKind { step, drift, noise };
std::string_view name(FindingKind kind);

/// A change in a history of positive values of which less is better. Nights are numbered from 0.
struct HistoryFinding {
  FindingKind kind = FindingKind::step;
  std::size_t first = 0;  ///< night of the new level; of a drift, the last of the old one
  std::size_t last = 0;   ///< of a drift, the first night of the new level
  std::size_t earliest = 0, latest = 0;  ///< nights that `first` may as well be
  double before = 0, after = 0;          ///< levels; of noise, relative deviations
  Shift change;            ///< relative: 0.02 is 2% more; of noise, how many times as much, less 1
  double probability = 1;  ///< of such a change in random order
  double false_share = 1;  ///< Benjamini & Hochberg's adjusted probability over all series
  bool recovered = false;  ///< the present level is shown to be less than a minimum effect worse

  /// More time, or more energy.
  bool worse() const { return kind != FindingKind::noise && change.value > 0; }
};

struct FindingOptions {
  double minimum_effect = 0.02;  ///< changes shown to be smaller are left out
  double noise_factor = 1.5;     ///< by which a deviation must have grown
  ChangeOptions changes;
  double confidence = 0.95;  ///< of intervals
};

/// Fewest nights of a series that is judged.
inline constexpr std::size_t kFewestNights = 10;

struct JudgedHistory {
  std::vector<HistoryFinding> findings;
  Bounds levels;  ///< stretches between changes of any size
};

/// One stretch and no finding for fewer than kFewestNights.
JudgedHistory judge_history(std::span<const double> values, const FindingOptions& options);

/// Benjamini & Hochberg (1995) over the findings of all series, each probability first multiplied
/// by its series' nights, since a change may be at any; what is left has a false share up to
/// `share`.
void control_false_findings(std::vector<std::vector<HistoryFinding>>& findings,
                            std::span<const std::size_t> nights, double share);

}  // namespace assay::results::regress
