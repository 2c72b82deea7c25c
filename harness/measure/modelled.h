// What stands in a measurement's place on a pretended device.
#pragma once

#include "harness/measure/open_device.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// Fills the record from the device's model: one time, without operands, launches, samples, check
/// or sensors, because nothing runs. Marks it as modelled whatever it said before.
void take_from_model(const OpenDevice& device, results::record::Record& record);

}  // namespace assay::harness::measure
