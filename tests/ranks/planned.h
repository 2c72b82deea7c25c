// What a made-up rank says that it will measure.
#pragma once

#include "harness/plan/plan.h"
#include "harness/ranks/messages.h"
#include "kernels/problem.h"

namespace assay::harness::ranks {

/// One measurement on a faulty device.
inline Planned planned() {
  plan::Plan plan;
  plan.entries = {{kernels::Problem::parse("copy n=64 type=f32"),
                   "",
                   0,
                   "native/fake",
                   results::record::Division::native,
                   {},
                   {}}};
  results::record::DeviceIdentity device;
  device.backend = "faulty";
  return {device, stored_entries(plan, {device}), {}, 1e9, "{}"};
}

}  // namespace assay::harness::ranks
