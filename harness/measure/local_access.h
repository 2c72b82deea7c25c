// Access to a device of this process. Only worker processes and tests use it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/measure/device_access.h"
#include "harness/measure/open_device.h"

namespace assay::harness::measure {

class LocalAccess : public DeviceAccess {
 public:
  /// The device must outlive this object.
  explicit LocalAccess(const OpenDevice& device) : device_(device) {}

  void allocate(const HostOperands& operands) override;
  /// The same for operands whose memory this process has mapped; it must stay mapped until they are
  /// released.
  void allocate(OperandLayout layout, kernels::ConstBytes inputs, kernels::Bytes outputs);
  std::uint64_t upload_inputs() override;
  void upload(std::span<const OperandPart> parts) override;
  void download(std::span<const OperandPart> parts) override;
  void prepare(const Task& task) override;
  results::record::Properties details() override { return prepared().details(); }
  Launched launch(std::uint32_t count, assay_mode mode) override {
    return prepared().run(count, mode);
  }
  std::optional<Reading> read_sensors() override;
  void release() override;
  bool lost() const override { return device_.lost(); }

 private:
  const Prepared& prepared() const;
  /// The operand of a part. Throws Error if there is no such part.
  const PlacedOperand& operand_of(const OperandPart& part) const;

  const OpenDevice& device_;
  std::uint64_t number_ = 0;  ///< of the operands; 0: none, or of another process
  OperandLayout layout_;
  kernels::ConstBytes inputs_;
  kernels::Bytes outputs_;
  std::vector<std::unique_ptr<Buffer>> buffers_;  ///< one per operand
  std::unique_ptr<Prepared> prepared_;
};

}  // namespace assay::harness::measure
