// Suspicious changes are measured again in the same night, in new processes, beside quiet controls.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/regress/findings.h"
#include "results/regress/series.h"

namespace assay::results::regress {

/// Fewest processes of a series that decide.
inline constexpr std::size_t kFewestProcesses = 3;
/// Only changes within so many last runs are measured again, and at most so many of them, with so
/// many controls for each kind of device.
inline constexpr std::size_t kRecentRuns = 30, kMostMeasured = 12, kControls = 3;

enum class Confirmation {
  none,       ///< not measured again, or not usable
  confirmed,  ///< slow again, and fewer than half of the controls moved
  back,       ///< as fast as before
  machine,    ///< slow again, and so are at least half of the controls
  between     ///< neither like the level before nor like the new one, with confidence
};
std::string_view name(Confirmation confirmation);

/// What measuring a change again showed.
struct Confirmed {
  Confirmation outcome = Confirmation::none;
  std::string run;            ///< that measured it again; empty if none did
  std::size_t processes = 0;  ///< that could be used
  double value = 0;           ///< geometric mean of their medians, as HistoryRun::value
  std::size_t controls = 0, moved = 0;
  std::string unused;  ///< if no result could be used, why: "busy, drift"
};

/// A series that should not have changed: its level in the history, and the processes that measured
/// it again beside the suspicious ones.
struct Control {
  double level = 0;
  std::vector<double> values;
};

/// Compares processes with both levels of a change: their mean with its 95% interval (Student) lies
/// wholly beyond the middle between the levels, or not. A control moved if its mean changed by half
/// of the change or more in its direction, and its 95% interval excludes that it did not. With
/// fewer than kFewestProcesses values the outcome is `none`.
Confirmed judge_again(const HistoryFinding& finding, std::span<const double> values,
                      std::span<const Control> controls);

}  // namespace assay::results::regress
