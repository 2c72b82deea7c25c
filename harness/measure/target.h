// What can be measured: a problem on a device of this process, or on the devices of several ranks.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backends/assay_backend.h"
#include "harness/measure/task.h"

namespace assay::harness::measure {

/// Told when a phase begins: "generate", "upload", "prepare", "verify", "warm up", "sample",
/// "burn".
using PhaseObserver = std::function<void(const std::string&)>;

/// One problem, solved by one implementation, that can be launched again and again. Every call may
/// throw assay::Error.
class Target {
 public:
  virtual ~Target() = default;

  /// Operands, preparation, and the check of one launch. Notes their phases, hashes, details and
  /// the check in `out`; a status other than ok there says that nothing is to be timed.
  virtual void prepare(Measurement& out, const PhaseObserver& begins) = 0;
  /// The times of `count` launches in a row.
  virtual std::vector<assay_launch> launch(std::uint32_t count, assay_mode mode) = 0;
  /// Absent where the device has no sensors.
  virtual std::optional<Reading> read_sensors() = 0;
  /// Hz; the clock below which launches are made again (throttle.h), 0 where there is none.
  virtual double clock_to_hold() const = 0;
  /// Compares the output of the last launch with the one that was verified. Notes in `out` what is
  /// wrong, or differs.
  virtual void check(Measurement& out) = 0;
  /// Whether a call failed so that nothing more can be measured there.
  virtual bool lost() const = 0;
};

}  // namespace assay::harness::measure
