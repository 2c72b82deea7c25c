// Moves between host and device by the runtime's own copy.
#include "backends/ascend/device.h"

namespace assay::backends::ascend {

extern const Implementation transfer_acl_implementation;

const Implementation transfer_acl_implementation = transfer_way<Device, Session>("library/acl");

}  // namespace assay::backends::ascend
