// The CPU opened as a device, as backends/sdk/module.h requires it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/assay_backend.h"
#include "backends/cpu/implementation.h"
#include "backends/cpu/memory.h"
#include "backends/cpu/sensors.h"
#include "backends/sdk/description.h"
#include "backends/sdk/properties.h"

namespace assay::backends::cpu {

class Prepared;

class Device {
 public:
  /// `threads` = 0: one for each core. Throws Failure where there are fewer processors.
  explicit Device(unsigned threads);

  Machine& machine() { return machine_; }

  /// Every page written. Throws Failure (out of memory).
  std::unique_ptr<Memory> allocate(std::uint64_t bytes);
  void upload(Memory& to, std::uint64_t offset, const void* from, std::uint64_t bytes);
  void download(const Memory& from, std::uint64_t offset, void* to, std::uint64_t bytes);

  /// All implementations of the problem's operation.
  std::vector<sdk::Offer> implementations(std::string_view problem);
  std::unique_ptr<Prepared> prepare(std::string_view problem, std::string_view implementation,
                                    std::span<Memory* const> buffers);

  Readings sensors();

 private:
  Machine machine_;
  std::optional<Sensors> sensors_;
};

/// A problem made ready on a device.
class Prepared {
 public:
  Prepared(Machine& machine, std::unique_ptr<Executable> executable);

  const sdk::Properties& details() const { return details_; }
  void run(std::span<assay_launch> launches, assay_mode mode);

 private:
  Machine& machine_;
  std::unique_ptr<Executable> executable_;
  sdk::Properties details_;
};

}  // namespace assay::backends::cpu
