// Copy by the runtime's own device-to-device copy.
#include "backends/ascend/device.h"

namespace assay::backends::ascend::copy_acl {

extern const Implementation implementation;

const Implementation implementation = copy_way<Device, Session>("library/acl");

}  // namespace assay::backends::ascend::copy_acl
