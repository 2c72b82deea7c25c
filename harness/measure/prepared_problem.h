// A problem prepared on a device of this process, ready to be launched.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/measure/open_device.h"
#include "harness/measure/operands.h"
#include "harness/measure/spots.h"
#include "harness/measure/target.h"

namespace assay::harness::measure {

/// Refers to the device and the operands, which must outlive it. The operands must stay those of
/// its problem while it is launched.
class PreparedProblem : public Target, private Challengeable {
 public:
  PreparedProblem(const OpenDevice& device, Operands& operands, Task task)
      : device_(device), operands_(operands), task_(std::move(task)) {}

  void prepare(Measurement& out, const PhaseObserver& begins) override;
  std::vector<assay_launch> launch(std::uint32_t count, assay_mode mode) override;
  std::optional<Reading> read_sensors() override;
  std::string vendor() const override;
  double sustained_clock_hz() const override;
  Challengeable* challengeable() override { return spots_ ? this : nullptr; }
  void check(Measurement& out) override;
  bool lost() const override { return device_.lost(); }

 private:
  bool inputs_may_change() const override { return spots_->inputs_may_change(); }
  void disturb(Inputs inputs, const Entropy& random) override;
  Seen look_at_parts() override { return spots_->look(); }
  Seen look_at_whole(bool again) override;
  kernels::Check judge(Inputs inputs) override;
  bool inputs_are_changed() const { return !spots_->changed_inputs().empty(); }
  Seen look_at_changed(bool again);

  const OpenDevice& device_;
  Operands& operands_;
  const Task task_;
  std::unique_ptr<Prepared> prepared_;
  std::string verified_hash_;   ///< hash of the verified output
  std::uint64_t launches_ = 0;  ///< number of launches since then
  std::optional<Spots> spots_;  ///< absent if the problem runs on several ranks
  /// The whole outputs seen last with changed inputs, and these changes.
  std::vector<std::vector<std::byte>> changed_outputs_;
  std::vector<Change> changes_;
};

}  // namespace assay::harness::measure
