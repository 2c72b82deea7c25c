// Measures what takes several ranks at once, by having all of them do it together.
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

/// On the devices of every module that all ranks may measure collectives on, as everything else is
/// measured (harness/measure/measure.h). A launch takes as long as it takes on the rank that ends
/// last; sensors, energy and the clock held are those of the device of rank 0. A module whose ranks
/// no longer work together, because one failed, hung or was lost, measures nothing more; the record
/// says which and how. Returns what could not be measured.
std::vector<plan::Skip> measure_collectives(Coordinator& coordinator,
                                            const std::vector<plan::SuiteProblem>& problems,
                                            const plan::PlanOptions& plan,
                                            const worker::SessionOptions& session,
                                            const CollectiveObserver& observer);

}  // namespace assay::harness::ranks
