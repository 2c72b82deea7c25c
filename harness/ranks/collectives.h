// Measures collectives, which all ranks execute together.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/plan/plan.h"
#include "harness/ranks/coordinator.h"
#include "harness/worker/session.h"
#include "results/record/record.h"

namespace assay::harness::ranks {

struct CollectiveObserver {
  std::function<void(std::size_t index, std::size_t count, const plan::PlanEntry&)> begins;
  std::function<void(const results::record::Record&)> keep;  ///< durable when it returns
};

/// Measures on the devices of every module on which all ranks can measure collectives, in the same
/// way as all other problems (harness/measure/measure.h). The time of a launch is that of the rank
/// that finishes last; sensors, energy and the sustained clock are those of rank 0's device. If one
/// rank fails, hangs or is lost, the module measures nothing more, and the record says which rank
/// and why. Returns the problems that were not measured.
std::vector<plan::Skip> measure_collectives(Coordinator& coordinator,
                                            const std::vector<plan::SuiteProblem>& problems,
                                            const plan::PlanOptions& plan,
                                            const worker::SessionOptions& session,
                                            const CollectiveObserver& observer);

}  // namespace assay::harness::ranks
