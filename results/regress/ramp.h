// A slow change from one level to another, told apart from sudden ones.
#pragma once

#include <cstddef>
#include <span>

namespace assay::results::regress {

/// Level, a straight way to another level, and that level.
struct Ramp {
  std::size_t begin = 0, end = 0;  ///< the last night of the old level, the first of the new one
  double before = 0, after = 0;
  double squares = 0;  ///< left unexplained
};

/// Least squares over the ramps that begin and end at one of about 24 places each, at least
/// `shortest` nights apart; a ramp may be all of the stretch.
Ramp best_ramp(std::span<const double> values, std::size_t shortest);

}  // namespace assay::results::regress
