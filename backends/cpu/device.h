// The CPU opened as a device: what the interface's functions do, with exceptions for failures.
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
#include "backends/cpu/properties.h"
#include "backends/cpu/sensors.h"

namespace assay::backends::cpu {

/// One way to solve a problem; the texts live as long as the device, `reason` until its next
/// offers() call.
struct Offer {
  const Implementation* implementation = nullptr;
  std::string reason;  ///< why not; empty where it can
};

class Device {
 public:
  /// `threads` = 0: one for each core. Throws Failure where there are not so many processors.
  explicit Device(unsigned threads);

  Machine& machine() { return machine_; }

  /// Every page written. Throws Failure (out of memory).
  Memory allocate(std::uint64_t bytes);

  /// All implementations of the problem's operation.
  const std::vector<Offer>& offers(std::string_view problem);

  Readings sensors();

 private:
  Machine machine_;
  std::vector<Offer> offers_;
  std::optional<Sensors> sensors_;
};

/// A problem made ready on a device.
class Prepared {
 public:
  /// Throws Failure: unsupported with the implementation's reason, or invalid.
  Prepared(Device& device, std::string_view problem, std::string_view implementation,
           std::span<Memory* const> buffers);

  const Properties& details() const { return details_; }
  void run(std::span<assay_launch> launches, assay_mode mode);

 private:
  Machine& machine_;
  std::unique_ptr<Executable> executable_;
  Properties details_;
};

/// Throws Failure (invalid) where [offset, offset + bytes) does not lie in the buffer.
void require_within(const Memory& buffer, std::uint64_t offset, std::uint64_t bytes);

}  // namespace assay::backends::cpu
