#include "backends/ascend/dcmi.h"

namespace assay::backends::ascend {

Dcmi open_dcmi(sdk::VendorLibraries& libraries) {
  Dcmi dcmi;
  if (!libraries.open("libdcmi.so")) return dcmi;
  const auto find = [&libraries]<class Function>(const char* name, Function*& to) {
    to = libraries.find<Function>(name);
  };
  find("dcmi_init", dcmi.dcmi_init);
  if (dcmi.dcmi_init == nullptr || dcmi.dcmi_init() != 0) return {};
  find("dcmi_get_card_id_device_id_from_logicid", dcmi.dcmi_get_card_id_device_id_from_logicid);
  find("dcmi_get_device_power_info", dcmi.dcmi_get_device_power_info);
  find("dcmi_get_device_temperature", dcmi.dcmi_get_device_temperature);
  find("dcmi_get_device_aicore_info", dcmi.dcmi_get_device_aicore_info);
  return dcmi;
}

std::optional<Seat> seat_of(const Dcmi& dcmi, std::uint32_t number) {
  Seat seat;
  if (dcmi.dcmi_get_card_id_device_id_from_logicid == nullptr) return std::nullopt;
  if (dcmi.dcmi_get_card_id_device_id_from_logicid(&seat.card, &seat.device, number) != 0) {
    return std::nullopt;
  }
  return seat;
}

sdk::Readings read_sensors(const Dcmi& dcmi, const Seat& seat, bool has_power) {
  sdk::Readings readings;
  int value = 0;
  if (has_power && dcmi.dcmi_get_device_power_info != nullptr &&
      dcmi.dcmi_get_device_power_info(seat.card, seat.device, &value) == 0) {
    readings.power_watts = value / 10.0;
  }
  if (dcmi.dcmi_get_device_temperature != nullptr &&
      dcmi.dcmi_get_device_temperature(seat.card, seat.device, &value) == 0) {
    readings.temperature_celsius = value;
  }
  AiCoreClock clock = {};
  if (dcmi.dcmi_get_device_aicore_info != nullptr &&
      dcmi.dcmi_get_device_aicore_info(seat.card, seat.device, &clock) == 0) {
    readings.clock_hz = clock.current_mhz * 1e6;
  }
  return readings;
}

double rated_clock_hz(const Dcmi& dcmi, const Seat& seat) {
  AiCoreClock clock = {};
  if (dcmi.dcmi_get_device_aicore_info == nullptr ||
      dcmi.dcmi_get_device_aicore_info(seat.card, seat.device, &clock) != 0) {
    return 0;
  }
  return clock.rated_mhz * 1e6;
}

}  // namespace assay::backends::ascend
