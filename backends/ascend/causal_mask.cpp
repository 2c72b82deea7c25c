#include "backends/ascend/causal_mask.h"

#include <vector>

namespace assay::backends::ascend {

CausalMask::CausalMask(Device& device, const kernels::AttentionShape& shape) {
  if (!shape.causal || shape.sq == 1) return;
  constexpr std::size_t kSide = 2048;
  std::vector<std::uint8_t> hidden(kSide * kSide, 0);
  for (std::size_t row = 0; row < kSide; ++row) {
    for (std::size_t column = row + 1; column < kSide; ++column) hidden[row * kSide + column] = 1;
  }
  data_.emplace(device.session(), hidden.size());
  data_->upload(0, hidden.data(), hidden.size());
  tensor_ = dense_tensor(Type::boolean, {kSide, kSide}, data_->data());
}

}  // namespace assay::backends::ascend
