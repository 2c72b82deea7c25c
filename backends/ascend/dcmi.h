// DCMI, the driver's management interface: which dies make a chip, power, temperature, clock.
//
// Functions and units from the DCMI interface header and documents (public copies read 2026-11:
// dcmi_interface_api.h in ascend driver samples; "power 0.1 W, temperature °C, frequency MHz" of
// the DCMI API reference for A2, A3 and training cards). Card and device number a package and its
// die. freq of dcmi_aicore_info is the rated clock (the same reference for Ascend 910_93).
#pragma once

#include <cstdint>
#include <optional>

#include "backends/sdk/description.h"
#include "backends/sdk/vendor_library.h"

namespace assay::backends::ascend {

struct AiCoreClock {
  unsigned int rated_mhz, current_mhz;  // dcmi_aicore_info: freq, cur_freq
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
/// `number` is the driver's, which AscendCL calls a logic device.
std::optional<Seat> seat_of(const Dcmi& dcmi, std::uint32_t number);

/// Without the power where `has_power` is false.
sdk::Readings read_sensors(const Dcmi& dcmi, const Seat& seat, bool has_power);
/// The AI cores' rated clock; a device may run above or below it. 0 where DCMI does not report it.
double rated_clock_hz(const Dcmi& dcmi, const Seat& seat);

}  // namespace assay::backends::ascend
