// A plan as text and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/plan.h"

namespace assay::cli {

/// What would run with its time and memory, problem by problem; then what would not, and why.
std::string plan_text(const harness::Plan& plan,
                      const std::vector<results::DeviceIdentity>& devices);

nlohmann::ordered_json to_json(const harness::Plan& plan,
                               const std::vector<results::DeviceIdentity>& devices);

/// Problems of which nothing runs, a line each with the reasons.
std::string skipped_text(const harness::Plan& plan);

}  // namespace assay::cli
