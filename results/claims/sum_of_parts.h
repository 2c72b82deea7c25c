// Which parts of a system add up to one of its figures.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "results/claims/catalogue.h"

namespace assay::results::claims {

/// Parts with their total numbers.
using PartCounts = std::vector<std::pair<const System*, double>>;

/// The parts whose figures add up to one of the whole: on each branch the first part that `carries`
/// the figure. Empty if there are none, or if the sum is not complete: a part that computes has
/// neither the figure nor parts that have it. `partial` accepts such a sum. Host processors do not
/// count beside accelerators. No system may be part of itself. `part_kind` is the kind of the parts
/// that are counted; may be empty.
PartCounts parts_that_add_up(const Catalogue& catalogue, const System& whole,
                             const std::function<bool(const System&)>& carries,
                             const std::string& part_kind, bool partial);

}  // namespace assay::results::claims
