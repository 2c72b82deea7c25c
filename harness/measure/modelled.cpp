#include "harness/measure/modelled.h"

#include "harness/measure/measure.h"

namespace assay::harness::measure {

void take_from_model(const OpenDevice& device, const Task& task, Measurement& out) {
  out.check = {kernels::Outcome::unchecked, "modelled: nothing ran", 0, "", 0};
  const Prepared prepared(device, task.problem, task.implementation, {});
  out.details = prepared.details();
  const assay_mode mode = launch_mode(task.settings.mode);
  out.summary =
      results::statistics::summary_of_model(prepared.run(1, mode).launches.front().device_seconds);
}

}  // namespace assay::harness::measure
