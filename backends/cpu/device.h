// The CPU opened as a device, as backends/sdk/module.h requires it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/assay_backend.h"
#include "backends/cpu/implementation.h"
#include "backends/cpu/memory.h"
#include "backends/cpu/sensors.h"
#include "backends/cpu/spare_memory.h"
#include "backends/sdk/description.h"
#include "backends/sdk/properties.h"

namespace assay::backends::cpu {

class Prepared;

/// Memory of an operand. Freed, it stays with the device for the next one.
class Buffer {
 public:
  Buffer(std::shared_ptr<SpareMemory> spare, Memory memory, std::size_t bytes)
      : spare_(std::move(spare)), memory_(std::move(memory)), bytes_(bytes) {}
  ~Buffer() { spare_->keep(std::move(memory_)); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::byte* data() { return memory_.data(); }
  const std::byte* data() const { return memory_.data(); }
  std::size_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<SpareMemory> spare_;
  Memory memory_;
  std::size_t bytes_;  ///< as asked for
};

class Device {
 public:
  /// `threads` = 0: one for each core. Throws Failure where there are fewer processors.
  explicit Device(unsigned threads);

  Machine& machine() { return machine_; }

  /// Every page has been written, though perhaps by an earlier buffer. Throws Failure (out of
  /// memory).
  std::unique_ptr<Buffer> allocate(std::uint64_t bytes);
  void upload(Buffer& to, std::uint64_t offset, const void* from, std::uint64_t bytes);
  void download(const Buffer& from, std::uint64_t offset, void* to, std::uint64_t bytes);

  /// All implementations of the problem's operation.
  std::vector<sdk::Offer> implementations(std::string_view problem);
  std::unique_ptr<Prepared> prepare(std::string_view problem, std::string_view implementation,
                                    std::span<Buffer* const> buffers);

  Readings sensors();

 private:
  Machine machine_;
  const std::shared_ptr<SpareMemory> spare_ = std::make_shared<SpareMemory>();
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
