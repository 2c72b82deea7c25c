// What a projection computes with, once everything that its options leave open is decided.
#pragma once

#include <string>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/project/deployment.h"
#include "results/project/inputs.h"
#include "results/project/projection.h"
#include "results/project/site.h"
#include "results/project/step.h"

namespace assay::results::project {

/// A deployment with all choices made, and the inputs and the step that its time depends on.
struct Plan {
  Deployment deployment;
  std::vector<Input> inputs;
  MemoryNeed memory;
  double memory_bytes = 0;
  Step step;
  std::vector<std::string> rules;
};

/// Throws InputError like project().
Plan plan_of(const claims::Catalogue& catalogue, const Site& site, const Model& model,
             ProjectionOptions options);

/// The time of the plan's pass, with these values of its inputs.
StepTime drawn_time(const Plan& plan, const Site& site, const Values& values);

}  // namespace assay::results::project
