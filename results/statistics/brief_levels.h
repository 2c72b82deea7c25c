// Levels of a series that are too short to be proven, on the way from one level to another.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace assay::results::statistics {

/// The changes of a series (the first runs of new levels, in order) with one change for each chain
/// of levels that ended within fewer than `shortest` runs, between two levels that differ: the
/// largest change on the way. If the level after the chain is about the one before, by less than
/// half of the largest change and three of `deviations`, the noise of each run, the chain is an
/// excursion, and its changes stay.
std::vector<std::size_t> without_brief_levels(std::span<const double> series,
                                              std::span<const std::size_t> changes,
                                              std::size_t shortest,
                                              std::span<const double> deviations);

}  // namespace assay::results::statistics
