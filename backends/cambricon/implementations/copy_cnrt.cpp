// Copy by the runtime's own device-to-device copy.
#include "backends/cambricon/device.h"

namespace assay::backends::cambricon::copy_cnrt {

extern const Implementation implementation;

const Implementation implementation = copy_way<Device, Session>("library/cnrt");

}  // namespace assay::backends::cambricon::copy_cnrt
