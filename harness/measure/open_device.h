// A device opened through its module, with buffers and executables. Only worker processes use it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/assay_backend.h"
#include "backends/loader.h"
#include "harness/measure/device_access.h"
#include "harness/measure/device_description.h"
#include "kernels/error.h"
#include "kernels/operation.h"
#include "kernels/problem.h"

namespace assay::harness::measure {

struct OpenSettings {
  unsigned threads = 0;  ///< host threads that a CPU device may use; 0: all
  bool tune = false;     ///< whether `prepare` may try several parameters
};

class OpenDevice {
 public:
  OpenDevice(const backends::Module& module, std::uint32_t index, const OpenSettings& settings);
  ~OpenDevice();
  OpenDevice(const OpenDevice&) = delete;
  OpenDevice& operator=(const OpenDevice&) = delete;

  /// The bytes that the other ranks need to find this one. Throws DeviceFailure with the status
  /// unsupported if the module does not support collectives.
  std::vector<std::byte> unique_id() const;
  /// Returns when all have joined. Throws DeviceFailure.
  void join(const std::vector<std::byte>& id, const Place& place);
  void leave();
  /// Absent unless the device has joined other ranks.
  const std::optional<Place>& place() const { return place_; }

  const assay_backend& module() const { return module_; }
  assay_device* get() const { return device_; }

  std::vector<Offer> implementations(const kernels::Problem& problem) const;
  /// Returns false if the device has no sensors.
  bool sensors(assay_sensors& out) const;
  /// Throws DeviceFailure with the module's message unless the status is ASSAY_OK.
  void check(assay_status status, const std::string& doing) const;
  /// Whether a call returned ASSAY_DEVICE_ERROR. Resources on such a device are not released,
  /// because the clean-up of a failed driver may hang and the process ends soon anyway.
  bool lost() const { return lost_; }
  /// The description by the device's module.
  const results::record::DeviceIdentity& identity() const { return identity_; }
  /// Whether the device is modelled: nothing runs on it, and its times come from a model.
  bool modelled() const { return identity_.modelled; }

 private:
  void require_joins() const;

  const assay_backend& module_;
  bool joins_ = false;
  assay_device* device_ = nullptr;
  std::optional<Place> place_;
  mutable bool lost_ = false;
  results::record::DeviceIdentity identity_;
};

class Buffer {
 public:
  Buffer(const OpenDevice& device, std::uint64_t bytes);
  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  assay_buffer* get() const { return buffer_; }
  void upload(kernels::ConstBytes from, std::uint64_t offset = 0);
  void download(kernels::Bytes to, std::uint64_t offset = 0) const;

 private:
  const OpenDevice& device_;
  assay_buffer* buffer_ = nullptr;
};

/// Seconds; no launch takes longer, and sums of such times stay finite.
inline constexpr double kLongestLaunch = 1e6;

class Prepared {
 public:
  Prepared(const OpenDevice& device, const kernels::Problem& problem,
           const std::string& implementation, const std::vector<assay_buffer*>& buffers);
  ~Prepared();
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  /// Throws Error if a timing is not a time above zero and below kLongestLaunch.
  Launched run(std::uint32_t count, assay_mode mode) const;
  results::record::Properties details() const;

 private:
  const OpenDevice& device_;
  assay_executable* executable_ = nullptr;
};

}  // namespace assay::harness::measure
