#include "harness/measure/device_description.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/measure/foreign_text.h"
#include "kernels/error.h"

namespace assay::harness::measure {

using results::record::DeviceIdentity;
using results::record::Properties;

namespace {

/// The most properties that are read.
constexpr std::size_t kMostProperties = 256;
constexpr double kHighestClock = 1e12;

}  // namespace

assay_mode launch_mode(results::record::Mode mode) {
  return mode == results::record::Mode::hot ? ASSAY_HOT : ASSAY_COLD;
}

results::record::Mode mode_of(assay_mode mode) {
  return mode == ASSAY_HOT ? results::record::Mode::hot : results::record::Mode::cold;
}

Properties properties(const assay_property* from, std::size_t count) {
  Properties out;
  for (std::size_t i = 0; from != nullptr && i < std::min(count, kMostProperties); ++i) {
    out[foreign_line(from[i].key)] = foreign_text(from[i].value);
  }
  return out;
}

DeviceIdentity identity(const assay_backend& module, std::uint32_t index,
                        const assay_device_info& info) {
  DeviceIdentity device;
  device.backend = foreign_line(module.name);
  device.index = index;
  device.name = foreign_line(info.name);
  device.vendor = foreign_line(info.vendor);
  device.kind = foreign_line(info.kind);
  device.unique_id = foreign_line(info.unique_id);
  device.bus_id = foreign_line(info.bus_id);
  device.driver = foreign_line(info.driver);
  device.types = foreign_line(info.types);
  device.memory_bytes = info.memory_bytes;
  device.cache_bytes = info.cache_bytes;
  device.compute_units = info.compute_units;
  device.clock_hz = info.clock_hz;
  if (device.name.empty()) throw Error(fmt::format("device {}: it has no name", index));
  if (!(device.clock_hz >= 0 && device.clock_hz <= kHighestClock)) {
    throw Error(fmt::format("device {}: its clock_hz is {:g}, which is no frequency of a device",
                            index, device.clock_hz));
  }
  device.modelled = info.modelled != 0;
  device.properties = properties(info.properties, info.property_count);
  return device;
}

}  // namespace assay::harness::measure
