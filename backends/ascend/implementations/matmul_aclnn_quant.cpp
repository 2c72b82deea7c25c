// Integer matmul, i8 into i32, by aclnnQuantMatmulV4, or V3 where CANN is older. Signatures and
// types from hicann/ops-nn matmul/quant_batch_matmul_v3/docs/aclnnQuantMatmulV{3,4}.md: for A2, A3
// and 950, x1 and x2 INT8 with a FLOAT32 scale of one element and no offset give INT32. The last
// extent of each operand is at most 65535. Transposition is a flag, not a view.
#include <fmt/format.h>

#include "backends/ascend/device.h"
#include "backends/ascend/operator_call.h"
#include "backends/ascend/tensor.h"
#include "kernels/matmul/shape.h"

namespace assay::backends::ascend::matmul_aclnn_quant {

extern const Implementation implementation;

namespace {

using kernels::DataType;
using kernels::MatmulShape;

using PlanV4 = Status(const aclTensor* x1, const aclTensor* x2, const aclTensor* scale,
                      const aclTensor* offset, const aclTensor* scale_of_tokens,
                      const aclTensor* bias, bool transpose_x1, bool transpose_x2,
                      const aclTensor* out, std::uint64_t* workspace, aclOpExecutor**);
using PlanV3 = Status(const aclTensor* x1, const aclTensor* x2, const aclTensor* scale,
                      const aclTensor* offset, const aclTensor* bias, bool transpose_x1,
                      bool transpose_x2, const aclTensor* out, std::uint64_t* workspace,
                      aclOpExecutor**);
constexpr std::int64_t kLongestRow = 65535;

bool has_v4() {
  return why_no_operator("aclnnQuantMatmulV4").empty();
}

std::string why_not(const kernels::Problem& problem, Device&) {
  const MatmulShape s = kernels::matmul_shape(problem);
  if (s.a != DataType::i8 || s.b != DataType::i8) {
    return fmt::format("aclnnQuantMatmul computes with i8, not {}", kernels::name(s.a));
  }
  for (const std::int64_t row : {s.transpose_a ? s.m : s.k, s.transpose_b ? s.k : s.n}) {
    if (row > kLongestRow) {
      return fmt::format("aclnnQuantMatmul takes rows of up to {} elements, not {}", kLongestRow,
                         row);
    }
  }
  return has_v4() ? "" : why_no_operator("aclnnQuantMatmulV3");
}

class QuantMatmul : public Launch {
 public:
  QuantMatmul(Device& device, const MatmulShape& s, std::span<Memory* const> buffers)
      : shape_(s),
        scale_data_(device.session(), sizeof(float)),
        x1_(stored(s.m, s.k, s.transpose_a, *buffers[0])),
        x2_(stored(s.k, s.n, s.transpose_b, *buffers[1])),
        scale_(dense_tensor(Type::f32, {1}, scale_data_.data())),
        out_(matrix_tensor(Type::i32, s.batch, s.m, s.n, false, buffers[2]->data())) {
    const float one = 1;
    scale_data_.upload(0, &one, sizeof one);
    call_.emplace(device.session(), has_v4() ? "aclnnQuantMatmulV4" : "aclnnQuantMatmulV3",
                  [this](std::uint64_t* workspace, aclOpExecutor** executor) {
                    return plan(workspace, executor);
                  });
  }

  void enqueue() override { call_->enqueue(); }
  sdk::Pairs details() const override { return call_->details(); }

 private:
  Tensor stored(std::int64_t rows, std::int64_t columns, bool transposed,
                const Memory& data) const {
    if (transposed) std::swap(rows, columns);
    return matrix_tensor(Type::i8, shape_.batch, rows, columns, false, data.data());
  }

  Status plan(std::uint64_t* workspace, aclOpExecutor** executor) const {
    const Runtime& all = runtime();
    if (has_v4()) {
      return all.operator_function<PlanV4>("aclnnQuantMatmulV4GetWorkspaceSize")(
          x1_.get(), x2_.get(), scale_.get(), nullptr, nullptr, nullptr, shape_.transpose_a,
          shape_.transpose_b, out_.get(), workspace, executor);
    }
    return all.operator_function<PlanV3>("aclnnQuantMatmulV3GetWorkspaceSize")(
        x1_.get(), x2_.get(), scale_.get(), nullptr, nullptr, shape_.transpose_a,
        shape_.transpose_b, out_.get(), workspace, executor);
  }

  MatmulShape shape_;
  Memory scale_data_;
  Tensor x1_, x2_, scale_, out_;
  std::optional<OperatorCall> call_;
};

std::unique_ptr<Launch> prepare(const kernels::Problem& problem, std::span<Memory* const> buffers,
                                Device& device) {
  return std::make_unique<QuantMatmul>(device, kernels::matmul_shape(problem), buffers);
}

}  // namespace

const Implementation implementation = {"library/aclnn_quant", "matmul", why_not, prepare};

}  // namespace assay::backends::ascend::matmul_aclnn_quant
