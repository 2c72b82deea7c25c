// What this CPU is, in the interface's words.
#pragma once

#include <string>

#include "backends/assay_backend.h"

namespace assay::backends::cpu {

/// Both stay valid until the process ends. Throw assay::Error where the machine cannot be read.
const assay_device_info& description();
const assay_probe& findings();

}  // namespace assay::backends::cpu
