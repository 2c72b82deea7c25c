// Description of this CPU, as the kit's structs.
#pragma once

#include "backends/sdk/description.h"

namespace assay::backends::cpu {

/// Both throw assay::Error where the machine cannot be read.
sdk::Findings findings();
sdk::DeviceDescription description();

}  // namespace assay::backends::cpu
