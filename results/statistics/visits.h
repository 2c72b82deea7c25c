// Whether a series only visits a level, or alternates between two.
#pragma once

#include <cstddef>
#include <span>

namespace assay::results::statistics {

/// Runs [begin, at) at one level and [at, end) at another, as numbers of runs of a series.
struct Step {
  std::size_t begin = 0, at = 0, end = 0;
};

/// Whether the series was at the level `after` for short times before the step, none of them much
/// shorter than now; or stays at the level `before` again after it.
bool visited_briefly(std::span<const double> series, const Step& step, double before, double after);

/// Whether the series has two modes: few of its runs in [begin, end) lie halfway between the
/// levels, and the level `after` was seen before the step.
bool has_modes(std::span<const double> series, const Step& step, double before, double after);

}  // namespace assay::results::statistics
