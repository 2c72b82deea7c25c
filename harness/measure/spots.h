// Small parts of the operands that are changed on the device between launches. So little is written
// that caches stay as they were.
#pragma once

#include <cstddef>
#include <vector>

#include "harness/measure/device_access.h"
#include "harness/measure/host_operands.h"
#include "harness/measure/target.h"

namespace assay::harness::measure {

/// New bytes of a part of an operand.
struct Change {
  std::uint32_t operand = 0;  ///< its index
  std::size_t offset = 0;
  std::vector<std::byte> bytes;
};

/// Refers to the access and the operands, which must stay those of one problem.
class Spots {
 public:
  Spots(DeviceAccess& access, HostOperands& operands, const kernels::Operation& operation);

  /// Whether there is an input that may be changed after prepare(): random, large enough, no
  /// weights (a module may have repacked them), and not moved over a link (a module may hold the
  /// source of a transfer in the host's memory).
  bool inputs_may_change() const { return !changeable_.empty(); }
  /// Replaces random parts of these inputs by other parts of the same input.
  void change_inputs(const Entropy& random);
  void restore_inputs();
  /// The inputs on the device differ from those on the host by these.
  const std::vector<Change>& changed_inputs() const { return changes_; }
  /// Overwrites random parts of the outputs.
  void poison_outputs(const Entropy& random);
  /// Downloads the parts last overwritten, twice, and compares them with the outputs on the host.
  Seen look();

 private:
  /// Downloads the poisoned parts to `to`. Returns the seconds.
  double download(std::vector<std::vector<std::byte>>& to);

  DeviceAccess& access_;
  HostOperands& operands_;
  std::vector<std::uint32_t> changeable_;  ///< inputs
  std::vector<Change> changes_;
  std::vector<Change> poisoned_;
};

/// While it lives, the inputs on the host have these changes.
class ChangedHost {
 public:
  ChangedHost(HostOperands& operands, std::vector<Change> changes);
  ~ChangedHost() { swap(); }
  ChangedHost(const ChangedHost&) = delete;
  ChangedHost& operator=(const ChangedHost&) = delete;

 private:
  void swap();

  HostOperands& operands_;
  std::vector<Change> changes_;
};

}  // namespace assay::harness::measure
