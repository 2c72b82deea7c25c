// Copy by the runtime's own device-to-device copy.
#include "backends/cambricon/device.h"

namespace assay::backends::cambricon {

extern const Implementation copy_cnrt_implementation;

const Implementation copy_cnrt_implementation = copy_way<Device, Session>("library/cnrt");

}  // namespace assay::backends::cambricon
