// Descriptions of the module and its devices.
#pragma once

#include <cstdint>
#include <string>

#include "backends/sdk/description.h"

namespace assay::backends::cambricon {

sdk::Findings findings();
/// Of a device that findings() counts.
sdk::DeviceDescription describe(std::uint32_t index);
/// Its PCI address ("0000:01:00.0"); empty where unknown.
std::string bus_id(std::uint32_t index);

}  // namespace assay::backends::cambricon
