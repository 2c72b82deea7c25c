// One measurement: preparation and check, warm-up, samples, burn, and a final check.
#pragma once

#include <functional>
#include <string>

#include "harness/measure/target.h"

namespace assay::harness::measure {

/// Measures the target. A failure of the target does not throw; it sets the status and the reason.
Measurement measure(Target& target, const Task& task, const PhaseObserver& begins);

/// Runs `steps`, which fill in `out`. A failure sets the status and reason of `out`.
void note_failures(Measurement& out, const std::function<void()>& steps);

}  // namespace assay::harness::measure
