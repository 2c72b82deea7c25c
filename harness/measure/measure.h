// One measurement: preparation and check, warm-up, samples, burn, and a last check.
#pragma once

#include <functional>
#include <string>

#include "harness/measure/open_device.h"
#include "harness/measure/operands.h"
#include "harness/measure/target.h"

namespace assay::harness::measure {

/// Measures the target. Never throws for its failure: that becomes the status and the reason.
Measurement measure(Target& target, const Task& task, const PhaseObserver& begins);

/// The same on a device of this process, or what its model says where the device is pretended.
Measurement measure_on(const OpenDevice& device, Operands& operands, const Task& task,
                       const PhaseObserver& begins);

/// Carries out `steps`, which fill in `out`; a failure becomes its status and reason.
void note_failures(Measurement& out, const std::function<bool()>& lost,
                   const std::function<void()>& steps);

}  // namespace assay::harness::measure
