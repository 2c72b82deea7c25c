// Matmul by aclnnMm, or aclnnBatchMatMul for a batch. Signatures, types and cubeMathType from
// hicann/ops-nn matmul/mat_mul_v3/docs/aclnnMm.md and matmul/batch_mat_mul_v3/docs/
// aclnnBatchMatMul.md. cubeMathType 0 keeps the operands' type: f32 is never computed as HF32 or
// f16, and a chip that has no f32 product (910A, 310P) refuses it. Operands are read through
// strides. A f32 result of 16-bit operands is documented for Ascend 950 and implemented for A2 and
// A3 in newer versions (ops-nn matmul/common/op_host/op_api/matmul_util.cpp); others round to 16
// bits before they widen, which a small product shows.
#include <fmt/format.h>

#include <vector>

#include "backends/ascend/device.h"
#include "backends/ascend/operator_call.h"
#include "backends/ascend/tensor.h"
#include "backends/sdk/failure.h"
#include "backends/shared/narrow_product.h"
#include "kernels/matmul/shape.h"

namespace assay::backends::ascend::matmul_aclnn {

extern const Implementation implementation;

namespace {

using kernels::DataType;
using kernels::MatmulShape;

using MatmulPlan = Status(const aclTensor* self, const aclTensor* mat2, aclTensor* out,
                          std::int8_t cube_math_type, std::uint64_t* workspace, aclOpExecutor**);
constexpr std::int8_t kKeepType = 0;

std::string operator_for(const MatmulShape& shape) {
  return shape.batch == 1 ? "aclnnMm" : "aclnnBatchMatMul";
}

class Matmul : public Launch {
 public:
  Matmul(Device& device, const MatmulShape& s, std::byte* a, std::byte* b, std::byte* c)
      : a_(matrix_tensor(acl_type(s.a), s.batch, s.m, s.k, s.transpose_a, a)),
        b_(matrix_tensor(acl_type(s.b), s.batch, s.k, s.n, s.transpose_b, b)),
        c_(matrix_tensor(acl_type(s.c), s.batch, s.m, s.n, false, c)),
        call_(device.session(), operator_for(s),
              [this, plan = runtime().operator_function<MatmulPlan>(operator_for(s) +
                                                                    "GetWorkspaceSize")](
                  std::uint64_t* workspace, aclOpExecutor** executor) {
                return plan(a_.get(), b_.get(), c_.get(), kKeepType, workspace, executor);
              }) {}

  void enqueue() override { call_.enqueue(); }
  sdk::Pairs details() const override {
    sdk::Pairs all = call_.details();
    all.emplace_back("cube_math_type", "0 (keep the operands' type)");
    return all;
  }

 private:
  Tensor a_, b_, c_;
  OperatorCall call_;
};

/// "" or why c=f32 is not possible with operands of a 16-bit type.
std::string find_out_result(Device& device, DataType type) {
  const NarrowProduct product(type);
  const std::int64_t side = product.kSide;
  std::vector<std::byte> got(product.result_bytes());
  Memory a(device.session(), product.a.size()), b(device.session(), product.b.size()),
      c(device.session(), got.size());
  a.upload(0, product.a.data(), product.a.size());
  b.upload(0, product.b.data(), product.b.size());
  try {
    Matmul matmul(device, {side, side, side, 1, type, type, DataType::f32, DataType::f32}, a.data(),
                  b.data(), c.data());
    matmul.enqueue();
    device.session()->wait();
  } catch (const sdk::Failure& failure) {
    if (failure.status() != ASSAY_UNSUPPORTED) throw;
    return failure.what();
  }
  c.download(0, got.data(), got.size());
  if (product.is_kept(got)) return "";
  return fmt::format(
      "this CANN rounds the product to {} before it writes f32; c={} computes what it offers",
      kernels::name(type), kernels::name(type));
}

std::string why_not(const kernels::Problem& problem, Device& device) {
  const MatmulShape s = kernels::matmul_shape(problem);
  if (s.a != s.b || (s.a != DataType::f32 && s.a != DataType::f16 && s.a != DataType::bf16)) {
    return fmt::format("aclnnMm has no product of {} and {}", kernels::name(s.a),
                       kernels::name(s.b));
  }
  const std::string lacking = why_no_operator(operator_for(s));
  if (!lacking.empty() || s.c == s.a) return lacking;
  return device.once(std::string(name(s.a)),
                     [&](Device& asked) { return find_out_result(asked, s.a); });
}

std::unique_ptr<Launch> prepare(const kernels::Problem& problem, std::span<Memory* const> buffers,
                                Device& device) {
  return std::make_unique<Matmul>(device, kernels::matmul_shape(problem), buffers[0]->data(),
                                  buffers[1]->data(), buffers[2]->data());
}

}  // namespace

const Implementation implementation = {"library/aclnn", "matmul", why_not, prepare};

}  // namespace assay::backends::ascend::matmul_aclnn
