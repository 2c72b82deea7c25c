// Published figures against projections as one HTML page.
#pragma once

#include <string>

#include "results/project/validation.h"

namespace assay::results {

std::string validation_html(const Validation& validation, const std::string& assay_version);

}  // namespace assay::results
