// DCMI, the driver's management interface: which dies make a chip, power, temperature, clock.
//
// Functions and units from the DCMI interface header and documents (public copies read 2026-11:
// dcmi_interface_api.h in ascend driver samples; "power 0.1 W, temperature °C, frequency MHz" of
// the DCMI API reference for A2, A3 and training cards). Card and device number a package and its
// die.
#pragma once

#include <cstdint>
#include <optional>

#include "backends/sdk/description.h"
#include "backends/sdk/vendor_library.h"

namespace assay::backends::ascend {

struct AiCoreClock {
  unsigned int highest_mhz, current_mhz;  // dcmi_aicore_info
};

/// Functions are null where libdcmi is not there, or may not be used by this user.
struct Dcmi {
  int (*dcmi_init)() = nullptr;
  int (*dcmi_get_card_id_device_id_from_logicid)(int* card, int* device,
                                                 unsigned int logic) = nullptr;
  int (*dcmi_get_device_power_info)(int card, int device, int* tenths_of_watt) = nullptr;
  int (*dcmi_get_device_temperature)(int card, int device, int* celsius) = nullptr;
  int (*dcmi_get_device_aicore_info)(int card, int device, AiCoreClock*) = nullptr;
};

/// Opens and initialises it; all null where that fails.
Dcmi open_dcmi(sdk::VendorLibraries& libraries);

/// Where a device sits, in DCMI's numbers.
struct Seat {
  int card = 0, device = 0;
};
std::optional<Seat> seat_of(const Dcmi& dcmi, std::uint32_t index);

sdk::Readings read_sensors(const Dcmi& dcmi, const Seat& seat);
/// 0 where DCMI does not report it.
double highest_clock_hz(const Dcmi& dcmi, const Seat& seat);

}  // namespace assay::backends::ascend
