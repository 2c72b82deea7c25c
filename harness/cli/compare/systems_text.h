// A comparison of published systems as text of 80 columns.
#pragma once

#include <string>

#include "harness/cli/compare/text.h"
#include "results/compare/systems.h"

namespace assay::cli::compare {

std::string systems_text(const results::compare::SystemsTable& table, const CompareStyle& style);

}  // namespace assay::cli::compare
