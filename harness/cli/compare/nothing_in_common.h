// Why two sides share no result.
#pragma once

#include <string>

#include "results/compare/compare.h"

namespace assay::cli::compare {

/// The most frequent reason why records were left out: "of 3 records: …", in what the sides were
/// measured unlike, and what to do next. That the other side has no partner is told only where
/// nothing else was left out, since it is often the consequence.
std::string why_nothing_in_common(const results::compare::CompareTable& table);

}  // namespace assay::cli::compare
