// Matmul with weights in NZ, the layout of the cube unit, by aclnnMatmulWeightNz. From
// hicann/ops-nn matmul/mat_mul_v3/docs/aclnnMatmulWeightNz.md (16-bit operands and result of one
// type, no batch, k and n above 1) and hicann/ops-math conversion/trans_data
// (aclnnCalculateMatmulWeightSizeV2, aclnnTransMatmulWeight, which turns weights in place on A2, A3
// and 310P; a 950 needs aclnnNpuFormatCast). The layout pays where the weights' bytes bound the
// time.
#include <fmt/format.h>

#include <cstdint>
#include <optional>

#include "backends/ascend/device.h"
#include "backends/ascend/operator_call.h"
#include "backends/ascend/tensor.h"
#include "kernels/matmul/shape.h"

namespace assay::backends::ascend::matmul_aclnn_nz {

extern const Implementation implementation;

namespace {

using kernels::DataType;
using kernels::MatmulShape;

struct IntArray;  ///< aclIntArray
using CreateIntArray = IntArray*(const std::int64_t* values, std::uint64_t count);
using DestroyIntArray = Status(const IntArray*);
using WeightSize = Status(const IntArray* extents, Type type, std::uint64_t* elements);
using TurnPlan = Status(aclTensor* weight, std::uint64_t* workspace, aclOpExecutor**);
using MatmulPlan = Status(const aclTensor* self, const aclTensor* mat2, aclTensor* out,
                          std::int8_t cube_math_type, std::uint64_t* workspace, aclOpExecutor**);

constexpr const char* kOperator = "aclnnMatmulWeightNz";
constexpr const char* kTurn = "aclnnTransMatmulWeight";
constexpr const char* kSize = "aclnnCalculateMatmulWeightSizeV2";
constexpr std::int8_t kKeepType = 0;

std::string why_not(const kernels::Problem& problem, Device&) {
  const MatmulShape s = kernels::matmul_shape(problem);
  if (s.a != s.b || s.c != s.a || (s.a != DataType::f16 && s.a != DataType::bf16)) {
    return fmt::format("{} multiplies f16 or bf16 into the same type, not {} by {} into {}",
                       kOperator, kernels::name(s.a), kernels::name(s.b), kernels::name(s.c));
  }
  if (s.batch != 1) return fmt::format("{} has no batch", kOperator);
  if (s.k == 1 || s.n == 1) return fmt::format("{} requires k and n above 1", kOperator);
  if (runtime().soc.starts_with("Ascend950")) {
    return fmt::format("{} makes no weights for this chip", kTurn);
  }
  for (const char* name : {kOperator, kTurn}) {
    if (const std::string lacking = why_no_operator(name); !lacking.empty()) return lacking;
  }
  return runtime().operator_function<WeightSize>(kSize) == nullptr
             ? fmt::format("this CANN has no {}", kSize)
             : "";
}

/// Of the weights in NZ, padded.
std::uint64_t turned_bytes(const MatmulShape& s) {
  const std::int64_t extents[] = {s.k, s.n};
  const Runtime& all = runtime();
  IntArray* const array = all.operator_function<CreateIntArray>("aclCreateIntArray")(extents, 2);
  std::uint64_t elements = 0;
  const Status status = all.operator_function<WeightSize>(kSize)(array, acl_type(s.b), &elements);
  all.operator_function<DestroyIntArray>("aclDestroyIntArray")(array);
  check(status, kSize);
  return static_cast<std::uint64_t>(kernels::bytes_of(s.b, static_cast<std::int64_t>(elements)));
}

class MatmulNz : public Launch {
 public:
  MatmulNz(Device& device, const MatmulShape& s, std::span<Memory* const> buffers)
      : turned_(device.session(), turned_bytes(s)),
        a_(matrix_tensor(acl_type(s.a), 1, s.m, s.k, s.transpose_a, buffers[0]->data())),
        b_(weight_tensor(acl_type(s.b), s.k, s.n, s.transpose_b, turned_.data())),
        c_(matrix_tensor(acl_type(s.c), 1, s.m, s.n, false, buffers[2]->data())) {
    const auto& session = device.session();
    session->copy(turned_.data(), buffers[1]->data(),
                  static_cast<std::uint64_t>(kernels::bytes_of(s.b, s.k * s.n)),
                  sdk::Direction::device_to_device);
    OperatorCall turn(session, kTurn, [this](std::uint64_t* workspace, aclOpExecutor** executor) {
      return runtime().operator_function<TurnPlan>(std::string(kTurn) + "GetWorkspaceSize")(
          b_.get(), workspace, executor);
    });
    turn.enqueue();
    session->wait();
    call_.emplace(session, kOperator, [this](std::uint64_t* workspace, aclOpExecutor** executor) {
      return runtime().operator_function<MatmulPlan>(std::string(kOperator) + "GetWorkspaceSize")(
          a_.get(), b_.get(), c_.get(), kKeepType, workspace, executor);
    });
  }

  void enqueue() override { call_->enqueue(); }
  sdk::Pairs details() const override {
    sdk::Pairs all = call_->details();
    all.emplace_back("cube_math_type", "0 (keep the operands' type)");
    all.emplace_back("packing", fmt::format("B in NZ, by {} outside the timed region", kTurn));
    return all;
  }

 private:
  Memory turned_;
  Tensor a_, b_, c_;
  std::optional<OperatorCall> call_;
};

std::unique_ptr<Launch> prepare(const kernels::Problem& problem, std::span<Memory* const> buffers,
                                Device& device) {
  return std::make_unique<MatmulNz>(device, kernels::matmul_shape(problem), buffers);
}

}  // namespace

const Implementation implementation = {"library/aclnn_nz", "matmul", why_not, prepare};

}  // namespace assay::backends::ascend::matmul_aclnn_nz
