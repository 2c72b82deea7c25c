// The published figures that may stand for each name of a relation, and the combinations of them
// that are kept.
#pragma once

#include <vector>

#include "results/claims/audit.h"
#include "results/claims/figures.h"

namespace assay::results::claims {

/// For each name of an instance, those of the left side first, the figures that it may stand for.
using FigureChoices = std::vector<std::vector<Figure>>;

/// The value of one side of an instance.
double value_of(const Expression& expression, const std::vector<Figure>& figures);

/// Figures with the same value are merged into one, with the claims of all.
std::vector<Figure> distinct_values(const std::vector<Figure>& figures);

/// Of all combinations of figures that can be compared, the instance of the preferred figures and,
/// for every other figure, the instance with the smallest gap, since a figure is contradicted only
/// if no combination with it holds. `one_source`: all figures of the left side must be of one
/// source. `shape` has no figures yet. Throws InputError if the sides have different dimensions.
std::vector<Instance> chosen_instances(const Instance& shape, const FigureChoices& choices,
                                       bool one_source);

}  // namespace assay::results::claims
