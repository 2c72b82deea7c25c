// A problem prepared on a device of this process, ready to be launched.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/measure/open_device.h"
#include "harness/measure/operands.h"
#include "harness/measure/target.h"

namespace assay::harness::measure {

/// Refers to the device and the operands, which must outlive it. The operands must stay those of
/// its problem while it is launched.
class PreparedProblem : public Target {
 public:
  PreparedProblem(const OpenDevice& device, Operands& operands, Task task)
      : device_(device), operands_(operands), task_(std::move(task)) {}

  void prepare(Measurement& out, const PhaseObserver& begins) override;
  std::vector<assay_launch> launch(std::uint32_t count, assay_mode mode) override;
  void begin_account() override { prepared_->begin_account(); }
  results::record::ClockSums account(assay_mode mode) const override {
    return prepared_->account(mode);
  }
  std::optional<Reading> read_sensors() override;
  std::string vendor() const override;
  double sustained_clock_hz() const override;
  void check(Measurement& out) override;
  bool lost() const override { return device_.lost(); }

 private:
  const OpenDevice& device_;
  Operands& operands_;
  const Task task_;
  std::unique_ptr<Prepared> prepared_;
  std::string verified_hash_;   ///< hash of the verified output
  std::uint64_t launches_ = 0;  ///< number of launches since then
};

}  // namespace assay::harness::measure
