// Moves between host and device by the runtime's own copy.
#include "backends/cambricon/device.h"

namespace assay::backends::cambricon::transfer_cnrt {

extern const Implementation implementation;

const Implementation implementation = transfer_way<Device, Session>("library/cnrt");

}  // namespace assay::backends::cambricon::transfer_cnrt
