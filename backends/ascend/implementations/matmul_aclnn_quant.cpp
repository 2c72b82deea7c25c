// Integer matmul, i8 into i32, by the newest of aclnnQuantMatmulV5, V4 and V3 that CANN has and
// that takes the problem. Signatures and types from hicann/ops-nn, matmul/:
//   V5      quant_batch_matmul_v4/docs/aclnnQuantMatmulV5.md and op_host/op_api/
//   V4, V3  quant_batch_matmul_v3/docs/aclnnQuantMatmulV4.md and aclnnQuantMatmulV3.md
// For A2, A3 and 950, x1 and x2 INT8 with a FLOAT32 scale of one element and no offset give INT32,
// which no scale changes. The last extent of each operand is at most 65535. Transposition is a
// flag, not a view.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "backends/ascend/device.h"
#include "backends/ascend/operator_call.h"
#include "backends/ascend/tensor.h"
#include "backends/sdk/failure.h"
#include "kernels/matmul/shape.h"

namespace assay::backends::ascend::matmul_aclnn_quant {

extern const Implementation implementation;

namespace {

using kernels::DataType;
using kernels::MatmulShape;

using PlanV5 = Status(const aclTensor* x1, const aclTensor* x2, const aclTensor* x1_scale,
                      const aclTensor* x2_scale, const aclTensor* y_scale,
                      const aclTensor* x1_offset, const aclTensor* x2_offset,
                      const aclTensor* y_offset, const aclTensor* bias, bool transpose_x1,
                      bool transpose_x2, std::int64_t group_size, aclTensor* out,
                      std::uint64_t* workspace, aclOpExecutor**);
using PlanV4 = Status(const aclTensor* x1, const aclTensor* x2, const aclTensor* scale,
                      const aclTensor* offset, const aclTensor* scale_of_tokens,
                      const aclTensor* bias, bool transpose_x1, bool transpose_x2,
                      const aclTensor* out, std::uint64_t* workspace, aclOpExecutor**);
using PlanV3 = Status(const aclTensor* x1, const aclTensor* x2, const aclTensor* scale,
                      const aclTensor* offset, const aclTensor* bias, bool transpose_x1,
                      bool transpose_x2, const aclTensor* out, std::uint64_t* workspace,
                      aclOpExecutor**);
constexpr std::int64_t kLongestRow = 65535, kNoGroups = 0;

constexpr const char* kV5 = "aclnnQuantMatmulV5";
constexpr const char* kV4 = "aclnnQuantMatmulV4";
constexpr const char* kV3 = "aclnnQuantMatmulV3";

/// The operators that this CANN has, newest first.
std::vector<std::string> operators() {
  std::vector<std::string> all;
  for (const char* name : {kV5, kV4, kV3}) {
    if (why_no_operator(name).empty()) all.emplace_back(name);
  }
  return all;
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
  return operators().empty() ? why_no_operator(kV3) : "";
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
    const std::vector<std::string> all = operators();
    for (const std::string& name : all) {
      try {
        call_.emplace(device.session(), name,
                      [this, name](std::uint64_t* workspace, aclOpExecutor** executor) {
                        return plan(name, workspace, executor);
                      });
        return;
      } catch (const sdk::Failure& failure) {
        if (failure.status() != ASSAY_UNSUPPORTED || name == all.back()) throw;
      }
    }
  }

  void enqueue() override { call_->enqueue(); }
  sdk::Pairs details() const override { return call_->details(); }

 private:
  Tensor stored(std::int64_t rows, std::int64_t columns, bool transposed,
                const Memory& data) const {
    if (transposed) std::swap(rows, columns);
    return matrix_tensor(Type::i8, shape_.batch, rows, columns, false, data.data());
  }

  Status plan(const std::string& name, std::uint64_t* workspace, aclOpExecutor** executor) const {
    const Runtime& all = runtime();
    const std::string first = name + "GetWorkspaceSize";
    const bool t1 = shape_.transpose_a, t2 = shape_.transpose_b;
    if (name == kV5) {
      return all.operator_function<PlanV5>(first)(x1_.get(), x2_.get(), nullptr, scale_.get(),
                                                  nullptr, nullptr, nullptr, nullptr, nullptr, t1,
                                                  t2, kNoGroups, out_.get(), workspace, executor);
    }
    if (name == kV4) {
      return all.operator_function<PlanV4>(first)(x1_.get(), x2_.get(), scale_.get(), nullptr,
                                                  nullptr, nullptr, t1, t2, out_.get(), workspace,
                                                  executor);
    }
    return all.operator_function<PlanV3>(first)(x1_.get(), x2_.get(), scale_.get(), nullptr,
                                                nullptr, t1, t2, out_.get(), workspace, executor);
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
