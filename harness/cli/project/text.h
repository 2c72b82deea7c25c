// Projections as text, JSON and a page.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "results/project/projection.h"
#include "results/project/validation.h"

namespace assay::cli::project {

/// A projection with the system and the model it is about.
struct ProjectionView {
  const results::project::Site& site;
  const results::project::Model& model;
  const results::project::Projection& projection;
};

std::string projection_text(const ProjectionView& view);
nlohmann::ordered_json to_json(const ProjectionView& view);

std::string validation_text(const results::project::Validation& validation, std::size_t width);
nlohmann::ordered_json to_json(const results::project::Validation& validation);

/// "1,943 token/s (1,460 to 2,390)" with thousands separators.
std::string projected_text(const results::project::Projected& projected, const std::string& unit);

}  // namespace assay::cli::project
