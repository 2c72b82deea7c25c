// A problem prepared on one device, ready to be launched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/measure/account.h"
#include "harness/measure/device_access.h"
#include "harness/measure/host_operands.h"
#include "harness/measure/spots.h"
#include "harness/measure/target.h"
#include "kernels/matmul/accumulator.h"
#include "results/record/device.h"

namespace assay::harness::measure {

/// Judges the results in this process; where `access` leads to a worker, this process runs no code
/// of a vendor.
class PreparedProblem : public Target, private Challengeable {
 public:
  /// Refers to the access and the operands, which must outlive it. The operands must
  /// stay those of its problem while it is launched. `place` is the device's among other ranks.
  PreparedProblem(DeviceAccess& access, HostOperands& operands,
                  results::record::DeviceIdentity device, std::optional<Place> place, Task task)
      : access_(access),
        operands_(operands),
        device_(std::move(device)),
        place_(place),
        task_(std::move(task)) {}

  void prepare(Measurement& out, const PhaseObserver& begins) override;
  std::vector<assay_launch> launch(std::uint32_t count, assay_mode mode) override;
  void begin_account() override { account_.begin(); }
  results::record::ClockSums account(assay_mode mode) const override { return account_.of(mode); }
  std::optional<Reading> read_sensors() override { return access_.read_sensors(); }
  std::string vendor() const override { return device_.vendor; }
  std::string power_scope() const override { return results::record::power_scope(device_); }
  double sustained_clock_hz() const override {
    return results::record::sustained_clock_hz(device_);
  }
  Challengeable* challengeable() override { return spots_ ? this : nullptr; }
  void check(Measurement& out) override;

 private:
  bool inputs_may_change() const override { return spots_->inputs_may_change(); }
  double disturb(Inputs inputs, const Entropy& random) override;
  double overwrite_outputs() override;
  Seen look_at_parts() override;
  Seen look_at_whole(bool again) override;
  std::uint64_t whole_bytes() const override;
  std::function<kernels::Check()> judge_of_parts() override;
  kernels::Check judge(Inputs inputs, bool brief) override;
  kernels::Check judge_parts(double seconds, std::uint32_t& judged) override;
  /// Parts of outputs that were computed with changed inputs.
  struct KeptParts {
    std::vector<Change> changes;
    std::vector<Patch> outputs;
  };

  bool inputs_are_changed() const { return !spots_->changed_inputs().empty(); }
  Seen look_at_changed(bool again);
  void keep_parts();
  kernels::Check judgement(const KeptParts& kept);

  void verify(Measurement& out);
  /// Draws what is looked at only now that the outputs have been downloaded, so that no module can
  /// know it.
  kernels::Check judgement(std::span<const kernels::ConstBytes> arrays, bool brief = false) const;
  kernels::Check judgement(std::span<const kernels::ConstBytes> arrays,
                           kernels::CheckOptions options) const;
  /// Uploads the poison, so that a launch that writes nothing is found.
  void poison();
  /// Downloads the outputs to the shared memory. Returns the seconds. A download that writes
  /// nothing leaves poison there.
  double timed_download();
  /// Takes the outputs as downloaded.
  void take_outputs();
  /// Compares the outputs as downloaded with the verified ones. Only others are taken, if others
  /// were not taken last: judged is what was taken.
  bool outputs_are_as_verified();

  DeviceAccess& access_;
  HostOperands& operands_;
  const results::record::DeviceIdentity device_;
  const std::optional<Place> place_;
  const Task task_;
  Account account_;
  std::optional<kernels::Accumulator> accumulator_;  ///< stated by the implementation
  std::string verified_hash_;                        ///< hash of the verified output
  std::string taken_hash_;                           ///< of the output last taken
  std::uint64_t launches_ = 0;                       ///< number of launches since then
  std::optional<Spots> spots_;                       ///< present once prepared
  /// The whole outputs seen last with changed inputs, and these changes.
  std::vector<kernels::ConstBytes> changed_outputs_;
  std::vector<Change> changes_;
  std::vector<KeptParts> kept_parts_;  ///< of some calls, each as likely as any other
  std::uint64_t parts_seen_ = 0;       ///< calls that they are of
};

}  // namespace assay::harness::measure
