// aclnn's attention operators, with the restrictions of their documentation
// (hicann/ops-transformer; see backends/ascend/implementations).
#include <fmt/format.h>

#include <cstring>

#include "tests/fakes/ascend/tensors.h"

using namespace assay;
using namespace assay::fakes;
using namespace assay::fakes::ascend;

namespace {

constexpr std::uint64_t kAttentionWorkspace = 1 << 18;
constexpr std::int64_t kMaskSide = 2048;

struct Call {
  const char* name;
  const aclTensor *query, *key, *value, *mask, *out;
  double scale;
  std::int64_t heads, key_heads, sparse_mode;
  const char* layout;
};

std::string fault_of_shapes(const Call& call) {
  const aclTensor &q = *call.query, &k = *call.key, &v = *call.value, &o = *call.out;
  for (const aclTensor* tensor : {&q, &k, &v, &o}) {
    if (tensor->extents.size() != 4 || !is_dense(*tensor)) return "no dense tensor of 4 dimensions";
    if (tensor->type != q.type) return "types differ";
  }
  if (std::strcmp(call.layout, "BNSD") != 0) return "this fake knows the layout BNSD alone";
  const bool fit = q.extents[0] == k.extents[0] && q.extents[3] == k.extents[3] &&
                   k.extents[0] == v.extents[0] && k.extents[1] == v.extents[1] &&
                   k.extents[2] == v.extents[2] && o.extents[0] == q.extents[0] &&
                   o.extents[1] == q.extents[1] && o.extents[2] == q.extents[2] &&
                   o.extents[3] == v.extents[3];
  if (!fit) return "shapes do not fit";
  if (call.heads != q.extents[1] || call.key_heads != k.extents[1]) return "numbers of heads";
  return q.extents[1] % k.extents[1] == 0 ? "" : "heads do not divide";
}

/// Sparse mode 3 hides by a compressed mask, aligned bottom-right.
std::string fault_of_mask(const Call& call) {
  if (call.sparse_mode != 0 && call.sparse_mode != 3) return "this fake knows sparse modes 0 and 3";
  if (call.sparse_mode == 0) return call.mask == nullptr ? "" : "a mask with sparse mode 0";
  if (call.mask == nullptr) return "sparse mode 3 without a mask";
  const std::vector<std::int64_t> due = {kMaskSide, kMaskSide};
  if (call.mask->extents != due) return "a compressed mask has 2048 x 2048 elements";
  return call.mask->type == 12 || call.mask->type == 4 ? "" : "the mask's type";
}

std::string attend_all(const Call& call) {
  const aclTensor &q = *call.query, &k = *call.key;
  const std::byte* mask = nullptr;
  if (call.mask != nullptr) {
    mask = machine().memory.find(call.mask->data, kMaskSide * kMaskSide).data;
    if (mask == nullptr) return "the mask is gone";
  }
  const std::int64_t shift = k.extents[2] - q.extents[2], group = call.heads / call.key_heads;
  const auto hidden = [&](std::int64_t i, std::int64_t j) {
    if (j <= i + shift) return false;
    // A compressed mask says by its corner whether it hides what lies above the diagonal.
    return mask[1] != std::byte{0} && mask[0] == std::byte{0} && mask[kMaskSide] == std::byte{0};
  };
  for (std::int64_t b = 0; b < q.extents[0]; ++b) {
    for (std::int64_t h = 0; h < call.heads; ++h) {
      const std::int64_t one = b * call.heads + h, other = b * call.key_heads + h / group;
      attend(matrix_of(q, one), matrix_of(k, other), matrix_of(*call.value, other),
             matrix_of(*call.out, one), call.scale,
             call.mask == nullptr ? std::function<bool(std::int64_t, std::int64_t)>() : hidden);
    }
  }
  return "";
}

Status plan(const Call& call, std::string why, std::uint64_t* bytes, aclOpExecutor** executor,
            std::vector<const aclTensor*> tensors) {
  if (why.empty()) why = fault_of_shapes(call);
  if (why.empty()) why = fault_of_mask(call);
  if (!why.empty()) return refuse(kNnInvalid, fmt::format("{}: {}", call.name, why));
  *bytes = kAttentionWorkspace;
  *executor = new_executor({call.name, std::move(tensors), kAttentionWorkspace,
                            [call] { return attend_all(call); }, call.out});
  return kOk;
}

Status check_tensors(const char* name, const std::vector<const aclTensor*>& tensors) {
  if (const Status refused = entered_operator(name); refused != kOk) return refused;
  for (const aclTensor* tensor : tensors) {
    if (tensor == nullptr) return refuse(kNnNull, fmt::format("{}: a tensor is null", name));
    if (const std::string why = fault_of_tensor(tensor); !why.empty()) {
      return refuse(kNnInvalid, why);
    }
  }
  return kOk;
}

std::vector<const aclTensor*> with_mask(std::vector<const aclTensor*> tensors,
                                        const aclTensor* mask) {
  if (mask != nullptr) tensors.push_back(mask);
  return tensors;
}

}  // namespace

FAKE_EXPORT Status aclnnFusedInferAttentionScoreGetWorkspaceSize(
    const aclTensor* query, const aclTensorList* key, const aclTensorList* value, const aclTensor*,
    const aclTensor* mask, const void*, const void*, const aclTensor*, const aclTensor*,
    const aclTensor*, const aclTensor*, const aclTensor*, const aclTensor*, const aclTensor*,
    const aclTensor*, const aclTensor*, const aclTensor*, std::int64_t heads, double scale,
    std::int64_t, std::int64_t, char* layout, std::int64_t key_heads, std::int64_t sparse_mode,
    std::int64_t, std::int64_t, std::int64_t, bool wants_lse, const aclTensor* out,
    const aclTensor*, std::uint64_t* bytes, aclOpExecutor** executor) {
  const std::lock_guard lock(machine().mutex);
  if (!is_live(key) || !is_live(value)) return refuse(kNnNull, "a list of tensors is missing");
  const Call call = {"aclnnFusedInferAttentionScore",
                     query,
                     key->tensors[0],
                     value->tensors[0],
                     mask,
                     out,
                     scale,
                     heads,
                     key_heads,
                     sparse_mode,
                     layout};
  const auto tensors = with_mask({query, call.key, call.value, out}, mask);
  if (const Status bad = check_tensors("aclnnFusedInferAttentionScoreGetWorkspaceSize", tensors);
      bad != kOk) {
    return bad;
  }
  std::string why;
  if (query->type != 1 && query->type != 27) why = "types other than f16 and bf16";
  if (call.key->extents != call.value->extents) why = "keys and values of different shapes";
  if (query->extents[3] > 512 || heads > 256 || heads / key_heads > 64) why = "beyond its limits";
  if (query->extents[2] > 1 && query->extents[3] % 16 != 0)
    why = "heads that are no multiple of 16";
  if (wants_lse) why = "lse";
  return plan(call, why, bytes, executor, tensors);
}

FAKE_EXPORT Status aclnnFusedInferAttentionScore(void* workspace, std::uint64_t bytes,
                                                 aclOpExecutor* executor, void* stream) {
  return launch("aclnnFusedInferAttentionScore", workspace, bytes, executor, stream);
}

FAKE_EXPORT Status aclnnFlashAttentionScoreGetWorkspaceSize(
    const aclTensor* query, const aclTensor* key, const aclTensor* value, const aclTensor*,
    const aclTensor*, const aclTensor*, const aclTensor* mask, const void*, double scale,
    double keep, std::int64_t, std::int64_t, std::int64_t heads, char* layout, std::int64_t,
    std::int64_t sparse_mode, const aclTensor* softmax_max, const aclTensor* softmax_sum,
    const aclTensor*, const aclTensor* out, std::uint64_t* bytes, aclOpExecutor** executor) {
  const std::lock_guard lock(machine().mutex);
  const auto tensors = with_mask({query, key, value, softmax_max, softmax_sum, out}, mask);
  if (const Status bad = check_tensors("aclnnFlashAttentionScoreGetWorkspaceSize", tensors);
      bad != kOk) {
    return bad;
  }
  std::string why;
  if (keep != 1) why = "dropout";
  const std::vector<std::int64_t> lanes = {query->extents[0], query->extents[1], query->extents[2],
                                           8};
  if (softmax_max->extents != lanes || softmax_sum->extents != lanes)
    why = "shape of the softmax's";
  const Call call = {"aclnnFlashAttentionScore",
                     query,
                     key,
                     value,
                     mask,
                     out,
                     scale,
                     heads,
                     key->extents[1],
                     sparse_mode,
                     layout};
  return plan(call, why, bytes, executor, tensors);
}

FAKE_EXPORT Status aclnnFlashAttentionScore(void* workspace, std::uint64_t bytes,
                                            aclOpExecutor* executor, void* stream) {
  return launch("aclnnFlashAttentionScore", workspace, bytes, executor, stream);
}
