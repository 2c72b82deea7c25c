// Where a series may have changed: E-divisive with means, in windows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assay::results::regress {

struct DivisiveOptions {
  std::size_t shortest = 3;  ///< nights on either side of a change
  int permutations = 199;
  double level = 0.05;  ///< of the permutation test: candidates only, which others then judge
  std::uint64_t seed = 1;
};

/// The first nights of possible new levels, in order, from bisections by the energy statistic with
/// exponent 1, kept where a permutation test within the bisected stretch says so (Matteson & James,
/// A Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data, JASA 109,
/// 2014, sections 2.2 and 2.3; the right end is the stretch's own). Windows of 32 and of 128
/// nights, each half over the one before and the last ones at the series' end, see a short
/// excursion, a small change and a fresh one, in time linear in the series' length. A test ends as
/// soon as it cannot succeed (Besag & Clifford 1991).
std::vector<std::size_t> divisive_candidates(std::span<const double> series,
                                             const DivisiveOptions& options);

}  // namespace assay::results::regress
