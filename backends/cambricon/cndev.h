// CNDev, Cambricon's management library: power, temperature and clock.
//
// Signatures, versions, fields and units: public copies of cndev.h, and Cambricon/mlu-exporter. Of
// each struct only the first fields are read, which are the same in versions 5 and 6.
#pragma once

#include <cstdint>
#include <string>

#include "backends/sdk/description.h"
#include "backends/sdk/vendor_library.h"

namespace assay::backends::cambricon {

struct Cndev {
  int (*cndevInit)(int reserved) = nullptr;
  int (*cndevGetDeviceCount)(void* info) = nullptr;
  int (*cndevGetDeviceHandleByIndex)(int index, std::int32_t* device) = nullptr;
  int (*cndevGetDeviceHandleByPciBusId)(const char* bus, std::int32_t* device) = nullptr;
  int (*cndevGetPCIeInfo)(void* info, std::int32_t device) = nullptr;
  int (*cndevGetDevicePowerInfo)(void* info, std::int32_t device) = nullptr;
  int (*cndevGetPowerInfo)(void* info, std::int32_t device) = nullptr;
  int (*cndevGetTemperatureInfo)(void* info, std::int32_t device) = nullptr;
  int (*cndevGetFrequencyInfo)(void* info, std::int32_t device) = nullptr;
};

/// All null where there is no libcndev.so or it cannot be initialised.
Cndev open_cndev(sdk::VendorLibraries& libraries);

/// Of the device with this PCI address. Throws sdk::Failure with ASSAY_UNSUPPORTED where CNDev is
/// missing or does not know the device.
sdk::Readings read_sensors(const Cndev& cndev, const std::string& bus_id);

}  // namespace assay::backends::cambricon
