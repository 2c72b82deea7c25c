// Moves between host and device by the runtime's own copy.
#include "backends/cambricon/device.h"

namespace assay::backends::cambricon {

extern const Implementation transfer_cnrt_implementation;

const Implementation transfer_cnrt_implementation = transfer_way<Device, Session>("library/cnrt");

}  // namespace assay::backends::cambricon
