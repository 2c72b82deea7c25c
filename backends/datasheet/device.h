// A pretended device, as backends/sdk/module.h requires it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "backends/datasheet/model.h"
#include "backends/sdk/description.h"
#include "backends/sdk/properties.h"

namespace assay::backends::datasheet {

/// The host's address space, of which pages come into being when written: nothing computes with it.
class Memory {
 public:
  /// `used` counts the device's bytes in use. Throws std::bad_alloc.
  Memory(std::uint64_t bytes, std::shared_ptr<std::uint64_t> used);
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  std::uint64_t bytes() const { return bytes_; }
  std::byte* data() { return data_; }
  const std::byte* data() const { return data_; }

 private:
  std::uint64_t bytes_ = 0;
  std::byte* data_ = nullptr;
  std::shared_ptr<std::uint64_t> used_;
};

class Executable {
 public:
  explicit Executable(const Modelled& modelled)
      : seconds_(modelled.seconds), details_(modelled.details) {}
  const sdk::Properties& details() const { return details_; }
  /// Gives each launch the same time: a model has no scatter. Writes no output.
  void run(std::span<assay_launch> launches, assay_mode mode) const;

 private:
  double seconds_;
  sdk::Properties details_;
};

class Device {
 public:
  explicit Device(sdk::Published system) : system_(std::move(system)) {}

  std::unique_ptr<Memory> allocate(std::uint64_t bytes);
  void upload(Memory& to, std::uint64_t offset, const void* from, std::uint64_t bytes);
  void download(const Memory& from, std::uint64_t offset, void* to, std::uint64_t bytes);
  std::vector<sdk::Offer> implementations(std::string_view problem);
  std::unique_ptr<Executable> prepare(std::string_view problem, std::string_view name,
                                      std::span<Memory* const> buffers);
  /// None: nothing runs that could draw power or become warm.
  sdk::Readings sensors() { return {}; }

 private:
  sdk::Published system_;
  std::shared_ptr<std::uint64_t> used_ = std::make_shared<std::uint64_t>(0);
};

/// Description of the device.
sdk::DeviceDescription description(const sdk::Published& system);

}  // namespace assay::backends::datasheet
