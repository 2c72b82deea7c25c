#include "harness/measure/modelled.h"

namespace assay::harness::measure {

void take_from_model(const OpenDevice& device, results::record::Record& record) {
  record.origin = results::record::Origin::modelled;
  record.device.modelled = true;
  record.check = {kernels::Outcome::unchecked, "modelled: nothing ran", 0, "", 0};
  const Prepared prepared(device, record.problem, record.implementation.name, {});
  record.implementation.details = prepared.details();
  const assay_mode mode = launch_mode(record.settings.mode);
  record.summary =
      results::statistics::summary_of_model(prepared.run(1, mode).front().device_seconds);
}

}  // namespace assay::harness::measure
