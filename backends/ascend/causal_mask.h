// The mask that aclnn's attention operators take for causal attention aligned bottom-right: sparse
// mode 3 with a compressed mask of 2048 x 2048; a one hides its key (hicann/ops-transformer
// docs/context on sparse modes). One query a sequence sees every key, and needs none.
#pragma once

#include <cstdint>
#include <optional>

#include "backends/ascend/device.h"
#include "backends/ascend/tensor.h"
#include "kernels/attention/shape.h"

namespace assay::backends::ascend {

class CausalMask {
 public:
  CausalMask(Device& device, const kernels::AttentionShape& shape);
  /// Null where nothing is hidden.
  const aclTensor* tensor() const { return tensor_.get(); }
  std::int64_t sparse_mode() const { return tensor_ == nullptr ? 0 : 3; }

 private:
  std::optional<Memory> data_;
  Tensor tensor_;
};

}  // namespace assay::backends::ascend
