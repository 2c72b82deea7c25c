// aclnn's weights in NZ: tiles of 16 x 16, tile columns one after the other (hicann/ops-nn
// matmul/mat_mul_v3/docs/aclnnMatmulWeightNz.md, hicann/ops-math conversion/trans_data).
#include <fmt/format.h>

#include <cstring>
#include <vector>

#include "tests/fakes/ascend/tensors.h"

using namespace assay;
using namespace assay::fakes;
using namespace assay::fakes::ascend;

struct aclIntArray {
  std::vector<std::int64_t> values;
};

namespace {

constexpr std::uint64_t kWeightsWorkspace = 1 << 16;
constexpr std::int64_t kTile = 16;

std::int64_t tiles(std::int64_t extent) {
  return (extent + kTile - 1) / kTile;
}

std::int64_t place_in_nz(std::int64_t row, std::int64_t column, std::int64_t rows) {
  return (column / kTile * tiles(rows) + row / kTile) * kTile * kTile + row % kTile * kTile +
         column % kTile;
}

/// The weights as they lie in memory: [n, k] where the view [k, n] is transposed.
struct Stored {
  std::int64_t rows, columns;
  bool transposed;
};

Stored stored(const aclTensor& weight) {
  const std::int64_t k = weight.extents[0], n = weight.extents[1];
  const bool transposed = weight.strides[1] != 1;
  return transposed ? Stored{n, k, true} : Stored{k, n, false};
}

std::int64_t bytes_in_nz(const aclTensor& weight) {
  const Stored all = stored(weight);
  return kernels::bytes_of(type_of(weight.type),
                           tiles(all.rows) * tiles(all.columns) * kTile * kTile);
}

std::byte* data_of(const aclTensor& weight) {
  return machine().memory.find(weight.data, static_cast<std::uint64_t>(bytes_in_nz(weight))).data;
}

/// Calls `move` with the place of each element in a row-major matrix and in NZ.
template <class Move>
void for_each_place(const aclTensor& weight, const Move& move) {
  const Stored all = stored(weight);
  const std::int64_t width = kernels::bytes_of(type_of(weight.type), 1);
  for (std::int64_t r = 0; r < all.rows; ++r) {
    for (std::int64_t c = 0; c < all.columns; ++c) {
      move((r * all.columns + c) * width, place_in_nz(r, c, all.rows) * width, width);
    }
  }
}

std::string turn(const aclTensor& weight) {
  std::byte* const data = data_of(weight);
  if (data == nullptr) return "there is no room for the padded weights";
  std::vector<std::byte> turned(static_cast<std::size_t>(bytes_in_nz(weight)));
  for_each_place(weight, [&](std::int64_t flat, std::int64_t nz, std::int64_t width) {
    std::memcpy(turned.data() + nz, data + flat, static_cast<std::size_t>(width));
  });
  std::memcpy(data, turned.data(), turned.size());
  return "";
}

std::string multiply_turned(const aclTensor& a, const aclTensor& weight, const aclTensor& c) {
  if (const std::string why = fault_of_tensor(&weight, kFormatNz); !why.empty()) return why;
  const std::byte* const data = data_of(weight);
  if (data == nullptr) return "the weights are gone";
  std::vector<std::byte> flat(static_cast<std::size_t>(bytes_in_nz(weight)));
  for_each_place(weight, [&](std::int64_t to, std::int64_t nz, std::int64_t width) {
    std::memcpy(flat.data() + to, data + nz, static_cast<std::size_t>(width));
  });
  const Stored all = stored(weight);
  Matrix b{type_of(weight.type), flat.data(), all.rows, all.columns, all.columns, 1};
  if (all.transposed) {
    std::swap(b.rows, b.columns);
    std::swap(b.row_stride, b.column_stride);
  }
  multiply(matrix_of(a, 0), b, matrix_of(c, 0));
  return "";
}

std::string fault_of_weight(const aclTensor& weight) {
  if (weight.extents.size() != 2) return "weights of two dimensions";
  if (weight.type != 1 && weight.type != 27) return "types other than f16 and bf16";
  const std::int64_t k = weight.extents[0], n = weight.extents[1];
  // The storage that the documentation's examples give.
  const std::vector<std::int64_t> flat = {k * n}, turned = {n, k};
  return weight.stored == (stored(weight).transposed ? turned : flat) ? "" : "the weights' storage";
}

}  // namespace

FAKE_EXPORT aclIntArray* aclCreateIntArray(const std::int64_t* values, std::uint64_t count) {
  return values == nullptr ? nullptr : new aclIntArray{{values, values + count}};
}

FAKE_EXPORT Status aclDestroyIntArray(const aclIntArray* array) {
  delete array;
  return kOk;
}

FAKE_EXPORT Status aclnnCalculateMatmulWeightSizeV2(const aclIntArray* extents, int type,
                                                    std::uint64_t* elements) {
  const std::lock_guard lock(machine().mutex);
  if (extents == nullptr || elements == nullptr) return refuse(kNnNull, "an argument is null");
  if (extents->values.size() != 2 || (type != 1 && type != 27)) {
    return refuse(kNnInvalid, "aclnnCalculateMatmulWeightSizeV2: dimensions or type");
  }
  *elements = static_cast<std::uint64_t>(tiles(extents->values[0]) * tiles(extents->values[1]) *
                                         kTile * kTile);
  return kOk;
}

FAKE_EXPORT Status aclnnTransMatmulWeightGetWorkspaceSize(aclTensor* weight, std::uint64_t* bytes,
                                                          aclOpExecutor** executor) {
  const std::lock_guard lock(machine().mutex);
  if (const Status bad = entered_operator("aclnnTransMatmulWeightGetWorkspaceSize"); bad != kOk) {
    return bad;
  }
  if (weight == nullptr) return refuse(kNnNull, "the weights are null");
  std::string why = fault_of_tensor(weight);
  if (why.empty()) why = fault_of_weight(*weight);
  if (why.empty() && data_of(*weight) == nullptr) why = "no room for the padded weights";
  if (!why.empty()) return refuse(kNnInvalid, "aclnnTransMatmulWeight: " + why);
  weight->format = kFormatNz;
  *bytes = kWeightsWorkspace;
  *executor = new_executor({"aclnnTransMatmulWeight",
                            {},
                            kWeightsWorkspace,
                            [weight] { return turn(*weight); },
                            weight});
  return kOk;
}

FAKE_EXPORT Status aclnnTransMatmulWeight(void* workspace, std::uint64_t bytes,
                                          aclOpExecutor* executor, void* stream) {
  return launch("aclnnTransMatmulWeight", workspace, bytes, executor, stream);
}

FAKE_EXPORT Status aclnnMatmulWeightNzGetWorkspaceSize(const aclTensor* a, const aclTensor* weight,
                                                       aclTensor* c, std::int8_t math,
                                                       std::uint64_t* bytes,
                                                       aclOpExecutor** executor) {
  const std::lock_guard lock(machine().mutex);
  if (const Status bad = entered_operator("aclnnMatmulWeightNzGetWorkspaceSize"); bad != kOk) {
    return bad;
  }
  if (a == nullptr || weight == nullptr || c == nullptr) return refuse(kNnNull, "a tensor is null");
  std::string why = fault_of_tensor(a);
  if (why.empty()) why = fault_of_tensor(c);
  if (why.empty()) why = fault_of_tensor(weight, kFormatNz);
  if (why.empty() && (a->type != weight->type || c->type != a->type)) why = "types";
  if (why.empty() &&
      (a->extents.size() != 2 || c->extents.size() != 2 || a->extents[1] != weight->extents[0] ||
       c->extents[0] != a->extents[0] || c->extents[1] != weight->extents[1] || !is_dense(*c))) {
    why = "shapes do not fit";
  }
  if (why.empty() && (weight->extents[0] == 1 || weight->extents[1] == 1)) why = "k or n of 1";
  if (why.empty() && math != 0) why = "a cubeMathType that nobody asked for";
  if (!why.empty()) return refuse(kNnInvalid, "aclnnMatmulWeightNz: " + why);
  *bytes = kWeightsWorkspace;
  *executor = new_executor({"aclnnMatmulWeightNz",
                            {a, c},
                            kWeightsWorkspace,
                            [=] { return multiply_turned(*a, *weight, *c); },
                            c});
  return kOk;
}

FAKE_EXPORT Status aclnnMatmulWeightNz(void* workspace, std::uint64_t bytes,
                                       aclOpExecutor* executor, void* stream) {
  return launch("aclnnMatmulWeightNz", workspace, bytes, executor, stream);
}
