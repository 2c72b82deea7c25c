// Copy by the runtime's own device-to-device copy.
#include "backends/ascend/device.h"

namespace assay::backends::ascend {

extern const Implementation copy_acl_implementation;

const Implementation copy_acl_implementation = copy_way<Device, Session>("library/acl");

}  // namespace assay::backends::ascend
