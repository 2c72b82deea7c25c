// A comparison of projections with published figures as one HTML page.
#pragma once

#include <string>

#include "results/project/validation.h"

namespace assay::results::project {

std::string validation_html(const Validation& validation, const std::string& assay_version);

}  // namespace assay::results::project
