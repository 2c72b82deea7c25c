// Attention by aclnnFlashAttentionScore, the forward pass of training. Signature and limits from
// hicann/ops-transformer attention/flash_attention_score/docs/aclnnFlashAttentionScore.md; a chip
// or version without it refuses.
#include <fmt/format.h>

#include <cstdint>

#include "backends/ascend/causal_mask.h"
#include "backends/ascend/device.h"
#include "backends/ascend/operator_call.h"
#include "backends/ascend/tensor.h"
#include "kernels/attention/rules.h"
#include "kernels/attention/shape.h"

namespace assay::backends::ascend::attention_flash {

extern const Implementation implementation;

namespace {

using kernels::AttentionShape;

using FlashPlan = Status(const aclTensor* query, const aclTensor* key, const aclTensor* value,
                         const aclTensor* shift, const aclTensor* drop_mask,
                         const aclTensor* padding_mask, const aclTensor* mask, const void* prefix,
                         double scale, double keep, std::int64_t tokens_before,
                         std::int64_t tokens_after, std::int64_t heads, char* layout,
                         std::int64_t inner_precise, std::int64_t sparse_mode,
                         const aclTensor* softmax_max, const aclTensor* softmax_sum,
                         const aclTensor* softmax_out, const aclTensor* out,
                         std::uint64_t* workspace, aclOpExecutor**);

constexpr const char* kOperator = "aclnnFlashAttentionScore";
constexpr std::int64_t kAllTokens = 2147483647;
/// The last extent of the softmax's maximum and sum, which the operator returns with the result.
constexpr std::int64_t kLanes = 8;

std::string why_not(const kernels::Problem& problem, Device&) {
  const AttentionShape s = kernels::attention_shape(problem);
  if (const std::string beyond = kernels::why_not_plain(s); !beyond.empty()) return beyond;
  if (s.dv > s.d) return "it requires dv <= d";
  if (s.d > 768) return fmt::format("it supports head sizes up to 768, not {}", s.d);
  if (s.hq > 256) return fmt::format("it supports up to 256 query heads, not {}", s.hq);
  return why_no_operator(kOperator);
}

class Flash : public Launch {
 public:
  Flash(Device& device, const AttentionShape& s, std::span<Memory* const> buffers)
      : shape_(s),
        mask_(device, s),
        maximum_data_(device.session(), softmax_bytes(s)),
        sum_data_(device.session(), softmax_bytes(s)) {
    const Type type = acl_type(s.type);
    query_ = dense_tensor(type, {s.b, s.hq, s.sq, s.d}, buffers[0]->data());
    key_ = dense_tensor(type, {s.b, s.hkv, s.skv, s.d}, buffers[1]->data());
    value_ = dense_tensor(type, {s.b, s.hkv, s.skv, s.dv}, buffers[2]->data());
    out_ = dense_tensor(type, {s.b, s.hq, s.sq, s.dv}, buffers[3]->data());
    maximum_ = dense_tensor(Type::f32, {s.b, s.hq, s.sq, kLanes}, maximum_data_.data());
    sum_ = dense_tensor(Type::f32, {s.b, s.hq, s.sq, kLanes}, sum_data_.data());
    call_.emplace(device.session(), kOperator,
                  [this](std::uint64_t* workspace, aclOpExecutor** executor) {
                    return plan(workspace, executor);
                  });
  }

  void enqueue() override { call_->enqueue(); }
  sdk::Pairs details() const override {
    sdk::Pairs all = call_->details();
    all.emplace_back("sparse_mode", std::to_string(mask_.sparse_mode()));
    return all;
  }

 private:
  static std::uint64_t softmax_bytes(const AttentionShape& s) {
    return static_cast<std::uint64_t>(s.b * s.hq * s.sq * kLanes) * sizeof(float);
  }

  Status plan(std::uint64_t* workspace, aclOpExecutor** executor) {
    char layout[] = "BNSD";
    return runtime().operator_function<FlashPlan>(std::string(kOperator) + "GetWorkspaceSize")(
        query_.get(), key_.get(), value_.get(), nullptr, nullptr, nullptr, mask_.tensor(), nullptr,
        shape_.scale(), 1.0, kAllTokens, kAllTokens, shape_.hq, layout, 0, mask_.sparse_mode(),
        maximum_.get(), sum_.get(), nullptr, out_.get(), workspace, executor);
  }

  AttentionShape shape_;
  CausalMask mask_;
  Memory maximum_data_, sum_data_;
  Tensor query_, key_, value_, out_, maximum_, sum_;
  std::optional<OperatorCall> call_;
};

std::unique_ptr<Launch> prepare(const kernels::Problem& problem, std::span<Memory* const> buffers,
                                Device& device) {
  return std::make_unique<Flash>(device, kernels::attention_shape(problem), buffers);
}

}  // namespace

const Implementation implementation = {"library/aclnn_flash", "attention", why_not, prepare};

}  // namespace assay::backends::ascend::attention_flash
