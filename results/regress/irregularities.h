// What is irregular in histories, so that it is said and not guessed over.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "results/regress/series.h"

namespace assay::results::regress {

/// A longer time between two successive runs of a series is a gap.
inline constexpr int kGapDays = 30;

struct Irregularities {
  std::size_t gaps = 0;  ///< number of series with a gap
  int longest_gap = 0;   ///< in days
  std::string gap_from, gap_to;
  std::size_t doubled_days = 0;  ///< days with more than one run, which count as separate runs
  std::size_t stopped = 0;  ///< series that the last run of their device did not measure any more
  std::string stopped_series, stopped_on;  ///< the one that stopped last, and its last day

  /// "2 series stopped …; …"; empty if nothing is irregular.
  std::string text() const;
};

Irregularities irregularities(std::span<const Series> series);

/// Days from one moment to a later one ("2026-11-25T…"); 0 if either is not a date.
int days_between(const std::string& from, const std::string& to);

}  // namespace assay::results::regress
