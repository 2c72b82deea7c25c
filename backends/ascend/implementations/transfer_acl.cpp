// Moves between host and device by the runtime's own copy.
#include "backends/ascend/device.h"

namespace assay::backends::ascend::transfer_acl {

extern const Implementation implementation;

const Implementation implementation = transfer_way<Device, Session>("library/acl");

}  // namespace assay::backends::ascend::transfer_acl
