// A plan as text and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/plan/plan.h"

namespace assay::cli {

/// What would run with its time and memory, problem by problem; then what would not, and why.
std::string plan_text(const harness::plan::Plan& plan,
                      const std::vector<results::record::DeviceIdentity>& devices);

nlohmann::ordered_json to_json(const harness::plan::Plan& plan,
                               const std::vector<results::record::DeviceIdentity>& devices);

/// Problems of which nothing runs, a line each with the reasons.
std::string skipped_text(const harness::plan::Plan& plan);

}  // namespace assay::cli
