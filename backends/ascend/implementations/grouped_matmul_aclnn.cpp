// Products with experts by aclnnGroupedMatmulV4: one tensor of rows, one of weights, groups given
// by their sizes (hicann/ops-transformer
// gmm/grouped_matmul/op_host/op_api/aclnn_grouped_matmul_v4.h: splitItem 3, groupType 0,
// groupListType 1). Results have the operands' type; up to 1024 groups.
#include <fmt/format.h>

#include <vector>

#include "backends/ascend/device.h"
#include "backends/ascend/operator_call.h"
#include "backends/ascend/tensor.h"
#include "kernels/grouped_matmul/shape.h"

namespace assay::backends::ascend::grouped_matmul_aclnn {

extern const Implementation implementation;

namespace {

using kernels::DataType;
using kernels::GroupedMatmulShape;

using GroupedPlan = Status(const aclTensorList* x, const aclTensorList* weight,
                           const aclTensorList* bias, const aclTensorList* scale,
                           const aclTensorList* offset, const aclTensorList* antiquant_scale,
                           const aclTensorList* antiquant_offset, const aclTensorList* token_scale,
                           const aclTensor* groups, const aclTensorList* activation,
                           const aclTensorList* quant_scale, const aclTensorList* quant_offset,
                           std::int64_t split_item, std::int64_t group_type,
                           std::int64_t group_list_type, std::int64_t activation_type,
                           aclTensorList* out, aclTensorList* feature_out, aclTensorList* quant_out,
                           std::uint64_t* workspace, aclOpExecutor**);

constexpr const char* kOperator = "aclnnGroupedMatmulV4";
constexpr std::int64_t kOneResult = 3, kSplitRows = 0, kSizes = 1, kNoActivation = 0;
constexpr std::int64_t kMostGroups = 1024;

std::string why_not(const kernels::Problem& problem, Device&) {
  const GroupedMatmulShape s = kernels::grouped_matmul_shape(problem);
  const kernels::MatmulShape& p = s.product;
  if (p.a != p.b || (p.a != DataType::f32 && p.a != DataType::f16 && p.a != DataType::bf16)) {
    return fmt::format("aclnnGroupedMatmulV4 has no plain product of {} and {}", kernels::name(p.a),
                       kernels::name(p.b));
  }
  if (p.c != p.a) {
    return fmt::format("aclnnGroupedMatmulV4 writes the operands' type: c={}", kernels::name(p.a));
  }
  if (s.groups > kMostGroups) {
    return fmt::format("it supports up to {} groups, not {}", kMostGroups, s.groups);
  }
  return why_no_operator(kOperator);
}

class Grouped : public Launch {
 public:
  Grouped(Device& device, const GroupedMatmulShape& s, std::span<Memory* const> buffers)
      : sizes_data_(device.session(), static_cast<std::uint64_t>(s.groups) * sizeof(std::int64_t)) {
    const kernels::MatmulShape& p = s.product;
    const Type type = acl_type(p.a);
    sizes_data_.upload(0, s.sizes.data(), sizes_data_.bytes());
    x_ = list_of(dense_tensor(type, {s.tokens, p.k}, buffers[0]->data()));
    weight_ = list_of(stacked(type, s, buffers[1]->data()));
    out_ = list_of(dense_tensor(type, {s.tokens, p.n}, buffers[3]->data()));
    sizes_ = dense_tensor(Type::i64, {s.groups}, sizes_data_.data());
    call_.emplace(device.session(), kOperator,
                  [this](std::uint64_t* workspace, aclOpExecutor** executor) {
                    return plan(workspace, executor);
                  });
  }

  void enqueue() override { call_->enqueue(); }
  sdk::Pairs details() const override { return call_->details(); }

 private:
  /// Three dimensions, for one group too.
  static Tensor stacked(Type type, const GroupedMatmulShape& s, void* data) {
    const kernels::MatmulShape& p = s.product;
    return stacked_tensor(type, s.groups, p.k, p.n, p.transpose_b, data);
  }

  Status plan(std::uint64_t* workspace, aclOpExecutor** executor) const {
    return runtime().operator_function<GroupedPlan>(std::string(kOperator) + "GetWorkspaceSize")(
        x_.get(), weight_.get(), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, sizes_.get(),
        nullptr, nullptr, nullptr, kOneResult, kSplitRows, kSizes, kNoActivation, out_.get(),
        nullptr, nullptr, workspace, executor);
  }

  Memory sizes_data_;
  TensorList x_, weight_, out_;
  Tensor sizes_;
  std::optional<OperatorCall> call_;
};

std::unique_ptr<Launch> prepare(const kernels::Problem& problem, std::span<Memory* const> buffers,
                                Device& device) {
  return std::make_unique<Grouped>(device, kernels::grouped_matmul_shape(problem), buffers);
}

}  // namespace

const Implementation implementation = {"library/aclnn", "grouped_matmul", why_not, prepare};

}  // namespace assay::backends::ascend::grouped_matmul_aclnn
