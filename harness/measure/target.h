// The interface of everything that can be measured: a problem on a device of this process, or on
// the devices of several ranks.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backends/assay_backend.h"
#include "harness/measure/reading.h"
#include "harness/measure/task.h"

namespace assay::harness::measure {

/// Called when a phase begins: "generate", "upload", "prepare", "verify", "warm up", "sample",
/// "burn".
using PhaseObserver = std::function<void(const std::string&)>;

/// Which inputs a launch computes with.
enum class Inputs {
  original,  ///< those that the problem defines
  changed,   ///< the same with some parts replaced
  replaced   ///< the same with all of one input replaced, and some parts of the others
};

/// A source of random bits that no module can foresee.
using Entropy = std::function<std::uint64_t()>;

/// What a look at outputs found.
struct Seen {
  double first_seconds = 0;  ///< time of the download
  double again_seconds = 0;  ///< time of the same download right after it; as above if not repeated
  std::string wrong;         ///< what is certainly wrong; empty if nothing is
  bool as_verified = true;   ///< all bits are those of the verified output
};

/// Operands that can be changed and looked at between calls of launches.
class Challengeable {
 public:
  virtual ~Challengeable() = default;
  /// Whether there is an input that may be changed after prepare().
  virtual bool inputs_may_change() const = 0;
  /// Before a call: gives the inputs the values asked for, and overwrites parts of the outputs.
  /// Returns the seconds that uploads took beyond what a transfer takes, in which work may be
  /// hidden.
  virtual double disturb(Inputs inputs, const Entropy& random) = 0;
  /// Overwrites all outputs, so that a launch must write each element. Returns the same.
  virtual double overwrite_outputs() { return 0; }
  /// After it: looks at the overwritten parts, twice.
  virtual Seen look_at_parts() = 0;
  /// Looks at the whole outputs; twice if `again`.
  virtual Seen look_at_whole(bool again) = 0;
  /// Judges the parts that were looked at last by the inputs of then, whenever it is called; null
  /// where they need no judgement or allow none.
  virtual std::function<kernels::Check()> judge_of_parts() { return nullptr; }
  /// The bytes that this downloads; 0 if unknown.
  virtual std::uint64_t whole_bytes() const { return 0; }
  /// Judges the outputs of the last whole look, with the original inputs or others; by few samples
  /// if `brief`.
  virtual kernels::Check judge(Inputs inputs, bool brief) = 0;
  /// Judges parts of outputs that were looked at after launches with other inputs than the original
  /// ones, drawn at random, until that has taken so many seconds. Their number goes to `judged`.
  virtual kernels::Check judge_parts(double /*seconds*/, std::uint32_t& judged) {
    judged = 0;
    return {};
  }
};

/// One problem and one implementation, which can be launched repeatedly. Every call may throw
/// assay::Error.
class Target {
 public:
  virtual ~Target() = default;

  /// Generates operands, prepares, and checks one launch. Writes phases, hashes, details and the
  /// check to `out`. If its status is then not ok, nothing must be timed.
  virtual void prepare(Measurement& out, const PhaseObserver& begins) = 0;
  /// The times of `count` launches in a row.
  virtual std::vector<assay_launch> launch(std::uint32_t count, assay_mode mode) = 0;
  /// Forgets the account of earlier launches.
  virtual void begin_account() {}
  /// The launches of a mode since then, by the device's and the host's clock as the module tells
  /// them, and by this process's own clock around each call. No launches where there is no such
  /// clock.
  virtual results::record::ClockSums account(assay_mode) const { return {}; }
  /// Absent where the device has no sensors.
  virtual std::optional<Reading> read_sensors() = 0;
  /// The maker of the device whose sensors are read: "NVIDIA".
  virtual std::string vendor() const = 0;
  /// What its sensors of power and energy belong to where that is more than the device; else empty.
  virtual std::string power_scope() const { return ""; }
  /// The clock in Hz from which the limit of throttle.h is computed; 0 if unknown.
  virtual double sustained_clock_hz() const = 0;
  /// Null if the operands cannot be changed between launches.
  virtual Challengeable* challengeable() { return nullptr; }
  /// Compares the output of the last launch, with the original inputs, with the verified output,
  /// and writes errors and differences to `out`.
  virtual void check(Measurement& out) = 0;
};

}  // namespace assay::harness::measure
