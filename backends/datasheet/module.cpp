// Published systems behind the C interface.
#include "backends/sdk/module.h"

#include <fmt/format.h>

#include "backends/datasheet/device.h"

namespace assay::backends::datasheet {
namespace {

/// Those that were requested, in that order.
std::vector<sdk::Published>& systems() {
  static std::vector<sdk::Published> all;
  return all;
}

struct Family {
  static constexpr const char *name = "datasheet", *version = ASSAY_DATASHEET_VERSION,
                              *description = "published systems as pretended devices, modelled";
  using Buffer = Memory;
  using Executable = datasheet::Executable;
  using Device = datasheet::Device;

  static void pretend(sdk::Published system) {
    if (system.id.empty() || system.name.empty()) {
      throw sdk::Failure(ASSAY_INVALID, "a system without an id or a name");
    }
    for (const sdk::Published& other : systems()) {
      if (other.id == system.id) {
        throw sdk::Failure(ASSAY_INVALID, system.id + " already exists");
      }
    }
    if (const std::string lack = lacking(system); !lack.empty()) {
      throw sdk::Failure(ASSAY_UNSUPPORTED, lack);
    }
    systems().push_back(std::move(system));
  }

  static sdk::Findings probe() {
    const auto count = static_cast<std::uint32_t>(systems().size());
    return {.devices = count,
            .summary = count == 0 ? "pretends a published system when one is named"
                                  : fmt::format("{} pretended, from published figures", count),
            .hint = "",
            .details = {}};
  }
  static sdk::DeviceDescription describe(std::uint32_t index) {
    return datasheet::description(systems()[index]);
  }
  static std::unique_ptr<Device> open(std::uint32_t index, unsigned) {
    return std::make_unique<Device>(systems()[index]);
  }
};

}  // namespace
}  // namespace assay::backends::datasheet

ASSAY_MODULE(assay::backends::datasheet::Family)
