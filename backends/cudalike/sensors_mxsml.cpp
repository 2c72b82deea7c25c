// MetaX's management library. MxSml.h as public copies have it: devices by index, whose bus ids are
// compared; power of each way in mW, clocks in MHz, temperature in hundredths of a degree (MetaX's
// own samples divide by 100).
#include <fmt/format.h>
#include <strings.h>

#include <array>
#include <cstring>

#include "backends/cudalike/sensors.h"

namespace assay::backends::cudalike {
namespace {

constexpr int kHotspot = 0, kClockXcore = 11, kClockMc0 = 3;

/// Of mxSmlDeviceInfo_t only the bus id is read, and there is room for more than it has.
struct DeviceInfo {
  unsigned device, type;
  char bus_id[32];
  char rest[1024];
};
/// mxSmlBoardWayElectricInfo_t.
struct Way {
  unsigned millivolts, milliamperes, milliwatts;
};
constexpr unsigned kMost = 16;  ///< ways, or clocks of one kind

struct MxsmlApi {
  Call<int()> init;
  Call<unsigned()> count;
  Call<int(unsigned, DeviceInfo*)> info;
  Call<int(unsigned, unsigned*, Way*)> power;
  Call<int(unsigned, unsigned*)> power_limit_milliwatts;
  Call<int(unsigned, int, unsigned*, unsigned*)> clocks_megahertz;
  Call<int(unsigned, int, int*)> temperature;
};

class Mxsml final : public Sensors {
 public:
  Mxsml(const MxsmlApi& api, unsigned index) : api_(api), index_(index) {}

  sdk::Readings read() override {
    sdk::Readings all;
    std::array<Way, kMost> ways = {};
    unsigned count = kMost;
    if (api_.power && api_.power.status(index_, &count, ways.data()) == 0 && count > 0) {
      all.power_watts = 0;
      for (unsigned i = 0; i < count && i < kMost; ++i) {
        all.power_watts += ways[i].milliwatts * 1e-3;
      }
    }
    if (const double clock = clock_hz(kClockXcore); clock > 0) all.clock_hz = clock;
    if (const double clock = clock_hz(kClockMc0); clock > 0) all.memory_clock_hz = clock;
    int hundredths = 0;
    if (api_.temperature && api_.temperature.status(index_, kHotspot, &hundredths) == 0) {
      all.temperature_celsius = hundredths * 1e-2;
    }
    return all;
  }

  sdk::Pairs properties() override {
    unsigned limit = 0;
    if (!api_.power_limit_milliwatts || api_.power_limit_milliwatts.status(index_, &limit) != 0) {
      return {};
    }
    return {{"gpu.power_limit_watts", fmt::format("{:.0f}", limit * 1e-3)}};
  }

 private:
  /// Of the first of its kind; 0 where it is not told.
  double clock_hz(int kind) const {
    std::array<unsigned, kMost> clocks = {};
    unsigned count = kMost;
    const bool told = api_.clocks_megahertz &&
                      api_.clocks_megahertz.status(index_, kind, &count, clocks.data()) == 0;
    return told && count > 0 ? clocks[0] * 1e6 : 0;
  }

  MxsmlApi api_;
  unsigned index_;
};

}  // namespace

std::unique_ptr<Sensors> open_mxsml(const Library& library, const std::string& bus_id,
                                    sdk::Pairs& details) {
  static const Statuses plain;
  MxsmlApi api;
  Binder binder(platform().dialect(), library, &plain);
  binder.required(api.init, "mxSmlInit");
  binder.required(api.count, "mxSmlGetDeviceCount");
  binder.required(api.info, "mxSmlGetDeviceInfo");
  binder.optional(api.power, "mxSmlGetBoardPowerInfo");
  binder.optional(api.power_limit_milliwatts, "mxSmlGetBoardPowerLimit");
  binder.optional(api.clocks_megahertz, "mxSmlGetClocks");
  binder.optional(api.temperature, "mxSmlGetTemperatureInfo");
  if (!binder.missing().empty() || api.init.status() != 0) {
    details.emplace_back("sensors", fmt::format("{} cannot be used", library.path));
    return nullptr;
  }
  const unsigned count = api.count.status();
  for (unsigned i = 0; i < count; ++i) {
    DeviceInfo info = {};
    if (api.info.status(i, &info) != 0) continue;
    info.bus_id[sizeof info.bus_id - 1] = '\0';
    if (strcasecmp(info.bus_id, bus_id.c_str()) == 0) return std::make_unique<Mxsml>(api, i);
  }
  details.emplace_back("sensors", fmt::format("{} knows no device at {}", library.path, bus_id));
  return nullptr;
}

}  // namespace assay::backends::cudalike
