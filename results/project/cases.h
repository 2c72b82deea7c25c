// Projects a case that a TOML table describes.
#pragma once

#include <toml++/toml.h>

#include <vector>

#include "results/project/projection.h"

namespace assay::results::project {

/// The result in base units: seconds, B/s, token/s, FLOP/s or a ratio, depending on the `kind` of
/// the case. Throws InputError if the catalogue lacks a figure that it needs.
Projected project_case(const claims::Catalogue& catalogue, const toml::table& one,
                       std::uint64_t seed, int draws);

/// The rows of results/project/data/validation.toml. A row with `batches` stands for one row for
/// each of them, whose claim has the batch as the last part of its id.
std::vector<toml::table> validation_rows();

}  // namespace assay::results::project
