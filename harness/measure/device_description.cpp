#include "harness/measure/device_description.h"

namespace assay::harness::measure {

using results::record::DeviceIdentity;
using results::record::Properties;

assay_mode launch_mode(results::record::Mode mode) {
  return mode == results::record::Mode::hot ? ASSAY_HOT : ASSAY_COLD;
}

results::record::Mode mode_of(assay_mode mode) {
  return mode == ASSAY_HOT ? results::record::Mode::hot : results::record::Mode::cold;
}

std::string text_or_empty(const char* text) {
  return text == nullptr ? std::string() : text;
}

Properties properties(const assay_property* from, std::size_t count) {
  Properties out;
  for (std::size_t i = 0; i < count; ++i) {
    out[text_or_empty(from[i].key)] = text_or_empty(from[i].value);
  }
  return out;
}

DeviceIdentity identity(const assay_backend& module, std::uint32_t index,
                        const assay_device_info& info) {
  DeviceIdentity device;
  device.backend = text_or_empty(module.name);
  device.index = index;
  device.name = text_or_empty(info.name);
  device.vendor = text_or_empty(info.vendor);
  device.kind = text_or_empty(info.kind);
  device.unique_id = text_or_empty(info.unique_id);
  device.bus_id = text_or_empty(info.bus_id);
  device.driver = text_or_empty(info.driver);
  device.types = text_or_empty(info.types);
  device.memory_bytes = info.memory_bytes;
  device.cache_bytes = info.cache_bytes;
  device.compute_units = info.compute_units;
  device.clock_hz = info.clock_hz;
  device.modelled = info.modelled != 0;
  device.properties = properties(info.properties, info.property_count);
  return device;
}

}  // namespace assay::harness::measure
