// aclnnFusedInferAttentionScoreV3 with rotary parts of their own, and the copy that splits rows
// (hicann/ops-transformer and hicann/ops-math; see backends/ascend/implementations).
#include <fmt/format.h>

#include <cstring>
#include <vector>

#include "tests/fakes/ascend/tensors.h"

using namespace assay;
using namespace assay::fakes;
using namespace assay::fakes::ascend;

namespace {

constexpr std::uint64_t kLatentWorkspace = 1 << 18;
constexpr std::int64_t kLatent = 512, kRope = 64, kLatentMaskSide = 2048;

struct Latent {
  const aclTensor *query, *key, *value, *query_rope, *key_rope, *mask, *out;
  double scale;
  std::int64_t heads, key_heads, sparse_mode;
  const char* layout;
};

std::string fault_of(const Latent& call) {
  const std::vector<std::int64_t>&q = call.query->extents, &k = call.key->extents;
  for (const aclTensor* one :
       {call.query, call.key, call.value, call.query_rope, call.key_rope, call.out}) {
    if (one->extents.size() != 4 || !is_dense(*one)) return "no dense tensor of 4 dimensions";
    if (one->type != call.query->type) return "types differ";
  }
  if (call.query->type != 1 && call.query->type != 27) return "types other than f16 and bf16";
  if (std::strcmp(call.layout, "BNSD") != 0) return "this fake knows the layout BNSD alone";
  const std::vector<std::int64_t> rotated_q = {q[0], q[1], q[2], kRope},
                                  rotated_k = {k[0], 1, k[2], kRope};
  if (q[3] != kLatent || k[3] != kLatent || k[1] != 1 || k[0] != q[0]) return "widths or heads";
  if (call.value->extents != k || call.out->extents != q) return "shapes do not fit";
  if (call.query_rope->extents != rotated_q || call.key_rope->extents != rotated_k) {
    return "the rotary parts' shapes";
  }
  if (call.heads != q[1] || call.key_heads != 1) return "numbers of heads";
  if (q[1] > 128 || (q[1] & (q[1] - 1)) != 0 || q[2] > 16) return "beyond its limits";
  if (q[2] == 1) return call.sparse_mode == 0 && call.mask == nullptr ? "" : "a mask of one query";
  const std::vector<std::int64_t> side = {kLatentMaskSide, kLatentMaskSide};
  if (call.sparse_mode != 3 || call.mask == nullptr) return "several queries need sparse mode 3";
  return call.mask->extents == side && call.mask->type == 12 ? "" : "the mask";
}

/// Both parts of each row, one after the other.
std::vector<std::byte> joined(const Matrix& latent, const Matrix& rope) {
  const auto width = static_cast<std::size_t>(kernels::bytes_of(latent.type, 1));
  const std::size_t first = kLatent * width, second = kRope * width;
  std::vector<std::byte> all(static_cast<std::size_t>(latent.rows) * (first + second));
  for (std::size_t row = 0; row < static_cast<std::size_t>(latent.rows); ++row) {
    std::byte* const to = all.data() + row * (first + second);
    std::memcpy(to, latent.data + row * first, first);
    std::memcpy(to + first, rope.data + row * second, second);
  }
  return all;
}

std::string attend_latent(const Latent& call) {
  const std::vector<std::int64_t>& q = call.query->extents;
  const std::int64_t shift = call.key->extents[2] - q[2];
  std::function<bool(std::int64_t, std::int64_t)> hidden;
  if (call.mask != nullptr)
    hidden = [shift](std::int64_t i, std::int64_t j) { return j > i + shift; };
  const auto whole = [](Matrix part, std::vector<std::byte>& data) {
    part.data = data.data();
    part.columns = part.row_stride = kLatent + kRope;
    return part;
  };
  for (std::int64_t b = 0; b < q[0]; ++b) {
    std::vector<std::byte> keys = joined(matrix_of(*call.key, b), matrix_of(*call.key_rope, b));
    for (std::int64_t h = b * call.heads; h < (b + 1) * call.heads; ++h) {
      std::vector<std::byte> queries =
          joined(matrix_of(*call.query, h), matrix_of(*call.query_rope, h));
      attend(whole(matrix_of(*call.query, h), queries), whole(matrix_of(*call.key, b), keys),
             matrix_of(*call.value, b), matrix_of(*call.out, h), call.scale, hidden);
    }
  }
  return "";
}

Status check(const char* name, const std::vector<const aclTensor*>& tensors) {
  if (const Status refused = entered_operator(name); refused != kOk) return refused;
  for (const aclTensor* tensor : tensors) {
    if (tensor == nullptr) return refuse(kNnNull, fmt::format("{}: a tensor is null", name));
    if (const std::string why = fault_of_tensor(tensor); !why.empty()) {
      return refuse(kNnInvalid, why);
    }
  }
  return kOk;
}

std::string copy_rows(const aclTensor& to, const aclTensor& from) {
  const Matrix target = matrix_of(to, 0), source = matrix_of(from, 0);
  const std::int64_t width = kernels::bytes_of(target.type, 1);
  for (std::int64_t row = 0; row < target.rows; ++row) {
    std::memcpy(target.data + row * target.row_stride * width,
                source.data + row * source.row_stride * width,
                static_cast<std::size_t>(target.columns * width));
  }
  return "";
}

}  // namespace

FAKE_EXPORT Status aclnnFusedInferAttentionScoreV3GetWorkspaceSize(
    const aclTensor* query, const aclTensorList* key, const aclTensorList* value, const aclTensor*,
    const aclTensor* mask, const void*, const void*, const aclTensor*, const aclTensor*,
    const aclTensor*, const aclTensor*, const aclTensor*, const aclTensor*, const aclTensor*,
    const aclTensor*, const aclTensor*, const aclTensor*, const aclTensor*, const aclTensor*,
    const aclTensor*, const aclTensor*, const aclTensor*, const aclTensor*, const void*,
    const aclTensor* query_rope, const aclTensor* key_rope, const aclTensor*, std::int64_t heads,
    double scale, std::int64_t, std::int64_t, char* layout, std::int64_t key_heads,
    std::int64_t sparse_mode, std::int64_t, std::int64_t, std::int64_t, bool wants_lse,
    std::int64_t, std::int64_t, const aclTensor* out, const aclTensor*, std::uint64_t* bytes,
    aclOpExecutor** executor) {
  const std::lock_guard lock(machine().mutex);
  if (!is_live(key) || !is_live(value)) return refuse(kNnNull, "a list of tensors is missing");
  const Latent call = {query, key->tensors[0], value->tensors[0], query_rope,  key_rope, mask, out,
                       scale, heads,           key_heads,         sparse_mode, layout};
  std::vector<const aclTensor*> tensors = {query, call.key, call.value, query_rope, key_rope, out};
  if (mask != nullptr) tensors.push_back(mask);
  const Status bad = check("aclnnFusedInferAttentionScoreV3GetWorkspaceSize", tensors);
  if (bad != kOk) return bad;
  const std::string why = wants_lse ? "lse" : fault_of(call);
  if (!why.empty()) return refuse(kNnInvalid, "aclnnFusedInferAttentionScoreV3: " + why);
  *bytes = kLatentWorkspace;
  *executor = new_executor({"aclnnFusedInferAttentionScoreV3", std::move(tensors), kLatentWorkspace,
                            [call] { return attend_latent(call); }, out});
  return kOk;
}

FAKE_EXPORT Status aclnnFusedInferAttentionScoreV3(void* workspace, std::uint64_t bytes,
                                                   aclOpExecutor* executor, void* stream) {
  return launch("aclnnFusedInferAttentionScoreV3", workspace, bytes, executor, stream);
}

FAKE_EXPORT Status aclnnInplaceCopyGetWorkspaceSize(aclTensor* to, const aclTensor* from,
                                                    std::uint64_t* bytes,
                                                    aclOpExecutor** executor) {
  const std::lock_guard lock(machine().mutex);
  if (const Status bad = check("aclnnInplaceCopyGetWorkspaceSize", {to, from}); bad != kOk) {
    return bad;
  }
  if (to->extents != from->extents || to->extents.size() != 2 || to->type != from->type ||
      to->strides[1] != 1 || from->strides[1] != 1) {
    return refuse(kNnInvalid, "aclnnInplaceCopy: shapes or types that this fake does not know");
  }
  *bytes = 0;
  *executor =
      new_executor({"aclnnInplaceCopy", {to, from}, 0, [=] { return copy_rows(*to, *from); }, to});
  return kOk;
}

FAKE_EXPORT Status aclnnInplaceCopy(void* workspace, std::uint64_t bytes, aclOpExecutor* executor,
                                    void* stream) {
  return launch("aclnnInplaceCopy", workspace, bytes, executor, stream);
}
