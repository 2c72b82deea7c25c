// A plan as text and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/plan/plan.h"

namespace assay::cli::run {

/// What would run, problem by problem, with time and memory; then what would not run, and why.
std::string plan_text(const harness::plan::Plan& plan,
                      const std::vector<results::record::DeviceIdentity>& devices);

nlohmann::ordered_json to_json(const harness::plan::Plan& plan,
                               const std::vector<results::record::DeviceIdentity>& devices);

/// The problems that do not run, with the reasons.
std::string skipped_text(const harness::plan::Plan& plan);

}  // namespace assay::cli::run
