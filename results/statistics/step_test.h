// Tests of a step for runs whose noise is correlated.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace assay::results::statistics {

/// The size of a step at `at` in its standard errors, positive if the level rises: generalised
/// least squares of two levels with noise of an autoregression of order 1, where `deviations` are
/// those of the innovation of each run (Cochrane & Orcutt 1949; the first run by Prais & Winsten
/// 1954). Any one run within 20 of the step may be left out, and the least of these values counts:
/// a single outlier makes no step. Zero if the step depends on one run.
double step_deviations(std::span<const double> values, std::size_t at, double correlation,
                       std::span<const double> deviations);

/// For a series that alternates between two levels: the probability that the transitions between
/// them differ so much in the direction of the step, if they come from one Markov chain of two
/// states (whether a run is above `middle`). Two exact tests of Fisher, one for each previous
/// state, combined by his method. Nothing if the series does not alternate: it does if, before the
/// step or after it, it stayed on one side for two runs or more at least four times.
std::optional<double> transition_probability(std::span<const double> values, std::size_t at,
                                             double middle);

}  // namespace assay::results::statistics
