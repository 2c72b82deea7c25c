// Absorbed latent attention by aclnnFusedInferAttentionScoreV3 with queryRope and keyRope.
// Signature and limits from hicann/ops-transformer attention/fused_infer_attention_score/docs/
// aclnnFusedInferAttentionScoreV3.md: d of 512 with a rotary part of 64, one key head, 1 to 16
// queries, no mask for one query and sparse mode 3 for several, dense tensors. Ours hold both parts
// in one row, so aclnnInplaceCopy (hicann/ops-math) splits them in each launch: these inputs may
// change between launches.
#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <optional>

#include "backends/ascend/causal_mask.h"
#include "backends/ascend/device.h"
#include "backends/ascend/operator_call.h"
#include "backends/ascend/tensor.h"
#include "kernels/attention/rules.h"
#include "kernels/mla_decode/shape.h"

namespace assay::backends::ascend::mla_decode_fused_infer {

extern const Implementation implementation;

namespace {

using kernels::AttentionShape;
using kernels::DataType;

using CopyPlan = Status(aclTensor* to, const aclTensor* from, std::uint64_t* workspace,
                        aclOpExecutor**);
using FusedPlan = Status(
    const aclTensor* query, const aclTensorList* key, const aclTensorList* value,
    const aclTensor* position_shift, const aclTensor* mask, const void* query_lengths,
    const void* key_lengths, const aclTensor* dequant_scale_1, const aclTensor* quant_scale_1,
    const aclTensor* dequant_scale_2, const aclTensor* quant_scale_2,
    const aclTensor* quant_offset_2, const aclTensor* antiquant_scale,
    const aclTensor* antiquant_offset, const aclTensor* block_table, const aclTensor* query_padding,
    const aclTensor* key_padding, const aclTensor* key_scale, const aclTensor* key_offset,
    const aclTensor* value_scale, const aclTensor* value_offset, const aclTensor* key_prefix,
    const aclTensor* value_prefix, const void* prefix_length, const aclTensor* query_rope,
    const aclTensor* key_rope, const aclTensor* key_rope_scale, std::int64_t heads, double scale,
    std::int64_t tokens_before, std::int64_t tokens_after, char* layout, std::int64_t key_heads,
    std::int64_t sparse_mode, std::int64_t inner_precise, std::int64_t block_size,
    std::int64_t antiquant_mode, bool wants_lse, std::int64_t key_antiquant_mode,
    std::int64_t value_antiquant_mode, const aclTensor* out, const aclTensor* lse,
    std::uint64_t* workspace, aclOpExecutor**);

constexpr const char* kOperator = "aclnnFusedInferAttentionScoreV3";
constexpr const char* kCopy = "aclnnInplaceCopy";
constexpr std::int64_t kLatent = 512, kRope = 64, kMostHeads = 128, kMostQueries = 16;
constexpr std::int64_t kAllTokens = 2147483647, kHighPrecision = 0;

std::string why_not(const kernels::Problem& problem, Device&) {
  const AttentionShape s = kernels::mla_shape(problem);
  if (const std::string beyond = kernels::why_not_plain(s); !beyond.empty()) return beyond;
  if (s.type == DataType::f32) return fmt::format("{} supports f16 and bf16, not f32", kOperator);
  if (s.dv != kLatent || s.d - s.dv != kRope) {
    return fmt::format(
        "it supports a latent width of {} with {} for the rotary part, not {} and {}", kLatent,
        kRope, s.dv, s.d - s.dv);
  }
  if (s.hq > kMostHeads || !std::has_single_bit(static_cast<std::uint64_t>(s.hq))) {
    return fmt::format("it supports powers of two up to {} as the number of heads, not {}",
                       kMostHeads, s.hq);
  }
  if (s.sq > kMostQueries) {
    return fmt::format("it supports up to {} queries a sequence, not {}", kMostQueries, s.sq);
  }
  if (s.sq > 1 && !s.causal) return "it supports several queries a sequence only with mask=causal";
  if (s.b > 65536) return fmt::format("it supports batches up to 65536, not {}", s.b);
  const std::string lacking = why_no_operator(kOperator);
  return lacking.empty() ? why_no_operator(kCopy) : lacking;
}

/// Columns of a row-major matrix, copied into a dense one.
class Part {
 public:
  Part(Device& device, DataType type, std::int64_t rows, std::int64_t stride, std::int64_t begin,
       std::int64_t columns, void* whole)
      : data_(device.session(),
              static_cast<std::uint64_t>(kernels::bytes_of(type, rows * columns))),
        from_(part_tensor(acl_type(type), rows, stride, begin, columns, whole)),
        to_(dense_tensor(acl_type(type), {rows, columns}, data_.data())),
        call_(device.session(), kCopy, [this](std::uint64_t* workspace, aclOpExecutor** executor) {
          return runtime().operator_function<CopyPlan>(std::string(kCopy) + "GetWorkspaceSize")(
              to_.get(), from_.get(), workspace, executor);
        }) {}

  void enqueue() { call_.enqueue(); }
  void* data() const { return data_.data(); }

 private:
  Memory data_;
  Tensor from_, to_;
  OperatorCall call_;
};

class MlaDecode : public Launch {
 public:
  MlaDecode(Device& device, const AttentionShape& s, std::span<Memory* const> buffers)
      : shape_(s),
        mask_(device, s),
        query_latent_(device, s.type, s.b * s.hq * s.sq, s.d, 0, kLatent, buffers[0]->data()),
        query_rope_(device, s.type, s.b * s.hq * s.sq, s.d, kLatent, kRope, buffers[0]->data()),
        key_latent_(device, s.type, s.b * s.skv, s.d, 0, kLatent, buffers[1]->data()),
        key_rope_(device, s.type, s.b * s.skv, s.d, kLatent, kRope, buffers[1]->data()) {
    const Type type = acl_type(s.type);
    const auto cached = [&](const Part& part, std::int64_t width) {
      return dense_tensor(type, {s.b, 1, s.skv, width}, part.data());
    };
    query_ = dense_tensor(type, {s.b, s.hq, s.sq, kLatent}, query_latent_.data());
    rotated_query_ = dense_tensor(type, {s.b, s.hq, s.sq, kRope}, query_rope_.data());
    key_ = list_of(cached(key_latent_, kLatent));
    value_ = list_of(cached(key_latent_, kLatent));
    rotated_key_ = cached(key_rope_, kRope);
    out_ = dense_tensor(type, {s.b, s.hq, s.sq, kLatent}, buffers[2]->data());
    call_.emplace(device.session(), kOperator,
                  [this](std::uint64_t* workspace, aclOpExecutor** executor) {
                    return plan(workspace, executor);
                  });
  }

  void enqueue() override {
    for (Part* part : {&query_latent_, &query_rope_, &key_latent_, &key_rope_}) part->enqueue();
    call_->enqueue();
  }
  sdk::Pairs details() const override {
    sdk::Pairs all = call_->details();
    all.emplace_back("sparse_mode", std::to_string(mask_.sparse_mode()));
    all.emplace_back("inner_precise", "0 (high precision)");
    all.emplace_back("split",
                     "Q and KV into latent and rotary parts by aclnnInplaceCopy, in every launch "
                     "and within its time");
    return all;
  }

 private:
  Status plan(std::uint64_t* workspace, aclOpExecutor** executor) {
    char layout[] = "BNSD";
    return runtime().operator_function<FusedPlan>(std::string(kOperator) + "GetWorkspaceSize")(
        query_.get(), key_.get(), value_.get(), nullptr, mask_.tensor(), nullptr, nullptr, nullptr,
        nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
        nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, rotated_query_.get(),
        rotated_key_.get(), nullptr, shape_.hq, shape_.scale(), kAllTokens, kAllTokens, layout, 1,
        mask_.sparse_mode(), kHighPrecision, 0, 0, false, 0, 0, out_.get(), nullptr, workspace,
        executor);
  }

  AttentionShape shape_;
  CausalMask mask_;
  Part query_latent_, query_rope_, key_latent_, key_rope_;
  Tensor query_, rotated_query_, rotated_key_, out_;
  TensorList key_, value_;
  std::optional<OperatorCall> call_;
};

std::unique_ptr<Launch> prepare(const kernels::Problem& problem, std::span<Memory* const> buffers,
                                Device& device) {
  return std::make_unique<MlaDecode>(device, kernels::mla_shape(problem), buffers);
}

}  // namespace

const Implementation implementation = {"library/aclnn_fused_infer", "mla_decode", why_not, prepare};

}  // namespace assay::backends::ascend::mla_decode_fused_infer
