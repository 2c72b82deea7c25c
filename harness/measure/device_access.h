// The calls that reach a device, and thereby the code of its vendor. A measurement makes them
// directly where the device belongs to this process, or through a worker process.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/assay_backend.h"
#include "harness/measure/host_operands.h"
#include "harness/measure/reading.h"
#include "harness/measure/task.h"
#include "kernels/error.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// A call that reached a device failed. `status` is what the measurement ends with: unsupported,
/// out_of_memory, error, crashed or timeout.
class DeviceFailure : public Error {
 public:
  DeviceFailure(results::record::Status status, const std::string& what, std::string hint = {})
      : Error(what, std::move(hint)), status_(status) {}
  results::record::Status status() const { return status_; }

 private:
  results::record::Status status_;
};

/// Launches in a row, made by one call of the module.
struct Launched {
  std::vector<assay_launch> launches;
  double call_seconds = 0;  ///< by the clock of the process that called the module
};

/// A device with the operands and the executable of one task. Every call may throw DeviceFailure.
class DeviceAccess {
 public:
  virtual ~DeviceAccess() = default;

  /// Creates buffers for the operands, which must outlive their use; releases the executable and
  /// the buffers before. Does nothing if the device has buffers for these very operands.
  virtual void allocate(const HostOperands& operands) = 0;
  /// Uploads the inputs and reads them back. Returns the hash of the bytes read back.
  virtual std::uint64_t upload_inputs() = 0;
  /// Uploads parts of operands from the host's memory.
  virtual void upload(std::span<const OperandPart> parts) = 0;
  /// Downloads parts of outputs to the host's memory.
  virtual void download(std::span<const OperandPart> parts) = 0;
  /// Prepares the task for launch(), with the buffers of allocate().
  virtual void prepare(const Task& task) = 0;
  /// The choices of the prepared implementation.
  virtual results::record::Properties details() = 0;
  /// The times of `count` launches in a row.
  virtual Launched launch(std::uint32_t count, assay_mode mode) = 0;
  /// Absent where the device has no sensors.
  virtual std::optional<Reading> read_sensors() = 0;
  /// Releases the executable and the buffers.
  virtual void release() = 0;
  /// Whether a call failed in such a way that nothing more can be measured on the device.
  virtual bool lost() const = 0;

  /// Carries out work of this process that takes seconds, such as judging a result. Where somebody
  /// waits for the measurement, they are answered while it lasts.
  virtual void carry_out(const std::function<void()>& work) { work(); }
};

}  // namespace assay::harness::measure
