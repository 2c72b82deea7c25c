// Replaces a measurement on a modelled device.
#pragma once

#include "harness/measure/open_device.h"
#include "harness/measure/task.h"

namespace assay::harness::measure {

/// Fills `out` from the device's model: one time, without operands, launches, samples, check or
/// sensors, because nothing runs.
void take_from_model(const OpenDevice& device, const Task& task, Measurement& out);

}  // namespace assay::harness::measure
