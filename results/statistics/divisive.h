// Candidates for changes in a series: E-divisive with means, in windows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assay::results::statistics {

struct DivisiveOptions {
  std::size_t shortest = 3;  ///< fewest runs on either side of a change
  int permutations = 199;
  double level = 0.05;  ///< of the permutation test; other tests then judge the candidates
  std::uint64_t seed = 1;
};

/// The first runs of possible new levels, in order. They are found by bisection with the energy
/// statistic with exponent 1, and kept if a permutation test within the bisected segment is
/// significant (Matteson & James, A Nonparametric Approach for Multiple Change Point Analysis of
/// Multivariate Data, JASA 109, 2014, sections 2.2 and 2.3; the right end is that of the segment).
/// Windows of 32 and of 128 runs, each of which overlaps the previous one by half and the last of
/// which ends with the series, find short excursions, small changes and recent ones in time linear
/// in the length of the series. A test ends as soon as it cannot become significant (Besag &
/// Clifford 1991).
std::vector<std::size_t> divisive_candidates(std::span<const double> series,
                                             const DivisiveOptions& options);

}  // namespace assay::results::statistics
