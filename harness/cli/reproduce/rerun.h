// The plan to repeat the measurements of a bundle on the devices here.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/cli/common.h"
#include "harness/plan/plan.h"
#include "results/bundle/bundle.h"
#include "results/bundle/reproduction.h"

namespace assay::cli::reproduce {

/// A device of the bundle and the one here that replaces it.
struct Counterpart {
  results::record::DeviceIdentity there;
  std::optional<FoundDevice> here;
};

/// For each device of the bundle: the one in `names` ("cpu:0" for all of them, "cuda:0=cuda:1" for
/// one), else the one here with the same backend and name: the same unit if it is here, else the
/// same number, else the first. Throws InputError for a name without a device.
std::vector<Counterpart> counterparts(const std::vector<results::record::Record>& records,
                                      const std::vector<harness::worker::ModuleReport>& modules,
                                      const std::vector<std::string>& names);

struct Rerun {
  harness::plan::Plan plan;  ///< its devices are indices into `devices`
  /// The bundle's records of each entry of the plan; their processes there are one entry here.
  std::vector<results::bundle::Repeated> measured;
  std::vector<results::bundle::Reproduction> impossible;
};

/// In the order and with the settings of the bundle. `devices` are here; `ask` is as in make_plan.
Rerun plan_rerun(const std::vector<results::record::Record>& records,
                 const std::vector<Counterpart>& counterparts,
                 const std::vector<results::record::DeviceIdentity>& devices,
                 const harness::plan::PlanOptions& options, const harness::plan::Asker& ask);

}  // namespace assay::cli::reproduce
