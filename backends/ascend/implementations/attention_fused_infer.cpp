// Attention by aclnnFusedInferAttentionScore, the inference operator of A2 and A3. Signature and
// limits from hicann/ops-transformer attention/fused_infer_attention_score/docs/
// aclnnFusedInferAttentionScore.md; masks from its docs/context on sparse modes.
#include <fmt/format.h>

#include <cstdint>

#include "backends/ascend/causal_mask.h"
#include "backends/ascend/device.h"
#include "backends/ascend/operator_call.h"
#include "backends/ascend/tensor.h"
#include "kernels/attention/rules.h"
#include "kernels/attention/shape.h"

namespace assay::backends::ascend::attention_fused_infer {

extern const Implementation implementation;

namespace {

using kernels::AttentionShape;
using kernels::DataType;

using FusedPlan = Status(const aclTensor* query, const aclTensorList* key,
                         const aclTensorList* value, const aclTensor* position_shift,
                         const aclTensor* mask, const void* query_lengths, const void* key_lengths,
                         const aclTensor* dequant_scale_1, const aclTensor* quant_scale_1,
                         const aclTensor* dequant_scale_2, const aclTensor* quant_scale_2,
                         const aclTensor* quant_offset_2, const aclTensor* antiquant_scale,
                         const aclTensor* antiquant_offset, const aclTensor* block_table,
                         const aclTensor* query_padding, const aclTensor* key_padding,
                         std::int64_t heads, double scale, std::int64_t tokens_before,
                         std::int64_t tokens_after, char* layout, std::int64_t key_heads,
                         std::int64_t sparse_mode, std::int64_t inner_precise,
                         std::int64_t block_size, std::int64_t antiquant_mode, bool wants_lse,
                         const aclTensor* out, const aclTensor* lse, std::uint64_t* workspace,
                         aclOpExecutor**);

constexpr const char* kOperator = "aclnnFusedInferAttentionScore";
constexpr std::int64_t kAllTokens = 2147483647;
constexpr std::int64_t kHighPrecision = 0;

std::string why_not(const kernels::Problem& problem, Device&) {
  const AttentionShape s = kernels::attention_shape(problem);
  if (const std::string beyond = kernels::why_not_plain(s); !beyond.empty()) return beyond;
  if (s.type == DataType::f32)
    return "aclnnFusedInferAttentionScore supports f16 and bf16, not f32";
  if (s.dv != s.d) return "it requires keys and values of the same shape, but dv differs from d";
  if (s.d > 512) return fmt::format("it supports head sizes up to 512, not {}", s.d);
  if (s.sq > 1 && s.d % 16 != 0) {
    return fmt::format("it requires a head size that is a multiple of 16, not {}", s.d);
  }
  if (s.hq > 256) return fmt::format("it supports up to 256 query heads, not {}", s.hq);
  if (s.group() > 64) return fmt::format("it supports groups of up to 64 heads, not {}", s.group());
  if (s.b > 65536) return fmt::format("it supports batches up to 65536, not {}", s.b);
  return why_no_operator(kOperator);
}

class FusedInfer : public Launch {
 public:
  FusedInfer(Device& device, const AttentionShape& s, std::span<Memory* const> buffers)
      : shape_(s), mask_(device, s) {
    const Type type = acl_type(s.type);
    query_ = dense_tensor(type, {s.b, s.hq, s.sq, s.d}, buffers[0]->data());
    key_ = list_of(dense_tensor(type, {s.b, s.hkv, s.skv, s.d}, buffers[1]->data()));
    value_ = list_of(dense_tensor(type, {s.b, s.hkv, s.skv, s.d}, buffers[2]->data()));
    out_ = dense_tensor(type, {s.b, s.hq, s.sq, s.d}, buffers[3]->data());
    call_.emplace(device.session(), kOperator,
                  [this](std::uint64_t* workspace, aclOpExecutor** executor) {
                    return plan(workspace, executor);
                  });
  }

  void enqueue() override { call_->enqueue(); }
  sdk::Pairs details() const override {
    sdk::Pairs all = call_->details();
    all.emplace_back("sparse_mode", std::to_string(mask_.sparse_mode()));
    all.emplace_back("inner_precise", "0 (high precision)");
    return all;
  }

 private:
  Status plan(std::uint64_t* workspace, aclOpExecutor** executor) {
    char layout[] = "BNSD";
    return runtime().operator_function<FusedPlan>(std::string(kOperator) + "GetWorkspaceSize")(
        query_.get(), key_.get(), value_.get(), nullptr, mask_.tensor(), nullptr, nullptr, nullptr,
        nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, shape_.hq,
        shape_.scale(), kAllTokens, kAllTokens, layout, shape_.hkv, mask_.sparse_mode(),
        kHighPrecision, 0, 0, false, out_.get(), nullptr, workspace, executor);
  }

  AttentionShape shape_;
  CausalMask mask_;
  Tensor query_, out_;
  TensorList key_, value_;
  std::optional<OperatorCall> call_;
};

std::unique_ptr<Launch> prepare(const kernels::Problem& problem, std::span<Memory* const> buffers,
                                Device& device) {
  return std::make_unique<FusedInfer>(device, kernels::attention_shape(problem), buffers);
}

}  // namespace

const Implementation implementation = {"library/aclnn_fused_infer", "attention", why_not, prepare};

}  // namespace assay::backends::ascend::attention_fused_infer
