// The plan to measure again what a bundle measured, on the devices here.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/cli/common.h"
#include "harness/plan/plan.h"
#include "results/bundle/bundle.h"
#include "results/bundle/reproduction.h"

namespace assay::cli {

/// A device of the bundle and the one here that stands for it.
struct Counterpart {
  results::record::DeviceIdentity there;
  std::optional<FoundDevice> here;
};

/// For every device that the bundle measured on: what `names` say ("cpu:0" for any of them,
/// "cuda:0=cuda:1" for one), else the one here of the same backend and name: the same unit if it is
/// here, else the one of the same number, else the first. Throws InputError for a name that is no
/// device's.
std::vector<Counterpart> counterparts(const std::vector<results::record::Record>& records,
                                      const std::vector<harness::worker::ModuleReport>& modules,
                                      const std::vector<std::string>& names);

struct Rerun {
  harness::plan::Plan plan;  ///< devices by their place among the distinct ones here
  std::vector<const results::record::Record*>
      measured;  ///< what each of the plan's entries repeats
  std::vector<results::bundle::Reproduction> impossible;
};

/// In the bundle's order, with its settings. `devices` are those here, and `ask` as in make_plan.
Rerun plan_rerun(const std::vector<results::record::Record>& records,
                 const std::vector<Counterpart>& counterparts,
                 const std::vector<results::record::DeviceIdentity>& devices,
                 const harness::plan::PlanOptions& options, const harness::plan::Asker& ask);

}  // namespace assay::cli
