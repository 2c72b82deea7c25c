// Small parts of the operands that are changed on the device between launches. So little is written
// that caches stay as they were.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "harness/measure/device_access.h"
#include "harness/measure/host_operands.h"
#include "harness/measure/target.h"

namespace assay::harness::measure {

/// A part of an input that holds the bytes of another part of it.
struct Change {
  std::uint32_t operand = 0;  ///< its index
  std::size_t offset = 0, from = 0, bytes = 0;
};

/// A part of an input of which any bytes may take the place of any others at a multiple of a fixed
/// distance: elements, or the scales of a block-scaled type.
struct Stretch {
  std::uint32_t operand = 0;  ///< its index
  std::size_t offset = 0, bytes = 0;
  bool elements = true;
  std::size_t row = 0;  ///< bytes of a row; 0 of scales
};

/// Those of operand number `index`: none where it may not change, or is too small.
std::vector<Stretch> stretches_of(const kernels::Operand& operand, std::uint32_t index);

/// By how many bytes all of it is moved. Not by whole rows, where it can be helped: then results
/// would only change places.
std::size_t shift_of(const Stretch& stretch, const Entropy& random);

/// Bytes of a part of an operand.
struct Patch {
  std::uint32_t operand = 0;  ///< its index
  std::size_t offset = 0;
  std::vector<std::byte> bytes;
};

/// By how much an upload of these parts in one request took longer than on a slow link: 0.1 ms for
/// the request, 50 us for each part, and 1 GB/s. 0 where it did not.
double beyond_transfer(double seconds, std::span<const OperandPart> parts);

/// Refers to the access and the operands, which must stay those of one problem.
class Spots {
 public:
  Spots(DeviceAccess& access, HostOperands& operands, const kernels::Operation& operation);

  /// Whether there is an input that may be changed after prepare(): random, large enough, no
  /// weights (a module may have repacked them), and not moved over a link (a module may hold the
  /// source of a transfer in the host's memory).
  bool inputs_may_change() const { return !changeable_.empty(); }
  /// Replaces random parts of these inputs by other parts of the same stretch. If `whole`, moves
  /// all elements of the smallest one instead: whatever is multiplied by it or added to it changes
  /// everywhere, so that nothing but computing all of it anew gives the output.
  void change_inputs(const Entropy& random, bool whole);
  void restore_inputs();
  /// The inputs on the device differ from those on the host by these.
  const std::vector<Change>& changed_inputs() const { return changes_; }
  /// Overwrites random parts of the outputs.
  void poison_outputs(const Entropy& random);
  /// beyond_transfer() of all uploads since this was asked last.
  double take_beyond_transfer() { return std::exchange(beyond_transfer_, 0); }
  /// Downloads the parts last overwritten, twice, and compares them with the outputs on the host.
  Seen look();
  /// These parts, as the last look() found them.
  const std::vector<Patch>& seen() const { return seen_; }

 private:
  void change_parts(const Stretch& stretch, const Entropy& random);
  void move_all(const Stretch& stretch, const Entropy& random);
  void send(const std::vector<OperandPart>& parts);
  /// Downloads the poisoned parts to `to`. Returns the seconds.
  double download(std::vector<Patch>& to);

  DeviceAccess& access_;
  HostOperands& operands_;
  std::vector<Stretch> changeable_;
  std::vector<Change> changes_;
  std::vector<Patch> poisoned_, seen_;
  double beyond_transfer_ = 0;
};

/// While it lives, the operands on the host have these bytes.
class ChangedHost {
 public:
  ChangedHost(HostOperands& operands, std::vector<Patch> patches);
  ~ChangedHost() { swap(); }
  ChangedHost(const ChangedHost&) = delete;
  ChangedHost& operator=(const ChangedHost&) = delete;

 private:
  void swap();

  HostOperands& operands_;
  std::vector<Patch> patches_;
};

/// The inputs on the host with these changes, while it lives: one that was moved as a copy, in the
/// operands' room of its number; others in their place.
class ChangedInputs {
 public:
  ChangedInputs(HostOperands& operands, const std::vector<Change>& changes);
  kernels::ConstBytes bytes(std::uint32_t operand) const;

 private:
  HostOperands& operands_;
  const std::optional<std::uint32_t> moved_;
  kernels::ConstBytes copy_;
  const ChangedHost others_;
};

}  // namespace assay::harness::measure
