// aclnn's operators for dense products and sums, with the restrictions of their documentation
// (hicann/ops-nn, hicann/ops-math; see backends/ascend/implementations).
#include <fmt/format.h>

#include <cstring>
#include <vector>

#include "tests/fakes/ascend/tensors.h"

using namespace assay;
using namespace assay::fakes;
using namespace assay::fakes::ascend;
using kernels::DataType;

namespace {

constexpr std::uint64_t kWorkspace = 1 << 16;

/// Checks of every first phase; kOk to go on.
Status check_plan(const char* name, std::initializer_list<const aclTensor*> tensors,
                  std::uint64_t* bytes, aclOpExecutor** executor) {
  if (const Status refused = entered_operator(name); refused != kOk) return refused;
  if (bytes == nullptr || executor == nullptr) return refuse(kNnNull, "a result is null");
  for (const aclTensor* tensor : tensors) {
    if (tensor == nullptr) return refuse(kNnNull, fmt::format("{}: a tensor is null", name));
    if (const std::string why = fault_of_tensor(tensor); !why.empty()) {
      return refuse(kNnInvalid, why);
    }
  }
  return kOk;
}

bool is_16_bit(int type) {
  return type == 1 || type == 27;
}

/// Chips before A2 multiply neither f32 nor bf16.
bool is_old_chip() {
  return machine().soc.rfind("Ascend310", 0) == 0 || machine().soc == "Ascend910A";
}

std::string fault_of_product(const aclTensor& a, const aclTensor& b, const aclTensor& c,
                             std::size_t dimensions) {
  for (const aclTensor* tensor : {&a, &b, &c}) {
    if (tensor->extents.size() != dimensions) {
      return fmt::format("{} dimensions where {} are due", tensor->extents.size(), dimensions);
    }
  }
  const Matrix left = matrix_of(a, 0), right = matrix_of(b, 0), out = matrix_of(c, 0);
  if (left.columns != right.rows || out.rows != left.rows || out.columns != right.columns) {
    return fmt::format("{}x{} by {}x{} is not {}x{}", left.rows, left.columns, right.rows,
                       right.columns, out.rows, out.columns);
  }
  if (dimensions == 3 && (a.extents[0] != c.extents[0] || b.extents[0] != c.extents[0])) {
    return "batches differ";
  }
  return is_dense(c) ? "" : "the result is not contiguous";
}

std::string fault_of_types(const aclTensor& a, const aclTensor& b, const aclTensor& c,
                           std::int8_t math) {
  if (a.type != b.type || (a.type != 0 && !is_16_bit(a.type))) return "types of the operands";
  if (c.type != a.type && !(is_16_bit(a.type) && c.type == 0)) return "type of the result";
  if (math < 0 || math > 4) return "cubeMathType";
  if (math != 0 && a.type == 0)
    return "this computes f32 as something less, which nobody asked for";
  if (is_old_chip() && a.type != 1) return "this chip multiplies f16 alone";
  return "";
}

std::int64_t batches(const aclTensor& tensor) {
  return tensor.extents.size() == 3 ? tensor.extents[0] : 1;
}

/// Rounds a dense f32 result as if it had been written in a 16-bit type first.
void round_through(DataType type, const aclTensor& out) {
  const std::int64_t count = elements_of(out);
  std::byte* const data = matrix_of(out, 0).data;
  for (std::int64_t i = 0; i < count; ++i) {
    const double value = kernels::load(DataType::f32, data, i);
    kernels::store(DataType::f32, data, i, kernels::decode(type, kernels::encode(type, value)));
  }
}

std::string multiply_all(const aclTensor& a, const aclTensor& b, const aclTensor& c) {
  for (std::int64_t i = 0; i < batches(c); ++i) {
    multiply(matrix_of(a, i), matrix_of(b, i), matrix_of(c, i));
  }
  const bool rounds = number_setting("ASSAY_FAKE_ASCEND_ROUNDS", 0) != 0;
  if (rounds && is_16_bit(a.type) && c.type == 0) round_through(type_of(a.type), c);
  return "";
}

Status plan_product(const char* name, std::size_t dimensions, const aclTensor* a,
                    const aclTensor* b, aclTensor* c, std::int8_t math, std::uint64_t* bytes,
                    aclOpExecutor** executor) {
  const std::lock_guard lock(machine().mutex);
  const std::string phase = std::string(name) + "GetWorkspaceSize";
  if (const Status bad = check_plan(phase.c_str(), {a, b, c}, bytes, executor); bad != kOk) {
    return bad;
  }
  std::string why = fault_of_types(*a, *b, *c, math);
  if (why.empty()) why = fault_of_product(*a, *b, *c, dimensions);
  if (!why.empty()) return refuse(kNnInvalid, fmt::format("{}: {}", phase, why));
  *bytes = kWorkspace;
  *executor =
      new_executor({name, {a, b, c}, kWorkspace, [=] { return multiply_all(*a, *b, *c); }, c});
  return kOk;
}

/// A stored operand, seen the other way round.
aclTensor transposed(aclTensor tensor) {
  const std::size_t n = tensor.extents.size();
  std::swap(tensor.extents[n - 2], tensor.extents[n - 1]);
  std::swap(tensor.strides[n - 2], tensor.strides[n - 1]);
  return tensor;
}

Status plan_quant(const char* name, const aclTensor* x1, const aclTensor* x2,
                  const aclTensor* scale, bool unused_given, bool transpose_x1, bool transpose_x2,
                  const aclTensor* out, std::uint64_t* bytes, aclOpExecutor** executor) {
  const std::lock_guard lock(machine().mutex);
  const std::string phase = std::string(name) + "GetWorkspaceSize";
  if (const Status bad = check_plan(phase.c_str(), {x1, x2, scale, out}, bytes, executor);
      bad != kOk) {
    return bad;
  }
  const aclTensor a = transpose_x1 ? transposed(*x1) : *x1;
  const aclTensor b = transpose_x2 ? transposed(*x2) : *x2;
  std::string why = fault_of_product(a, b, *out, out->extents.size());
  if (x1->type != 2 || x2->type != 2 || out->type != 3 || scale->type != 0) why = "types";
  if (scale->extents != std::vector<std::int64_t>{1}) why = "the scale's shape";
  if (x1->extents.back() > 65535 || x2->extents.back() > 65535) why = "rows of more than 65535";
  if (unused_given) why = "an offset or a bias does not go with INT32";
  if (!why.empty()) return refuse(kNnInvalid, fmt::format("{}: {}", phase, why));
  *bytes = kWorkspace;
  *executor = new_executor({name,
                            {x1, x2, scale, out},
                            kWorkspace,
                            [=] {
                              if (kernels::load(DataType::f32, matrix_of(*scale, 0).data, 0) != 1) {
                                return std::string("the scale on the device is not 1");
                              }
                              return multiply_all(a, b, *out);
                            },
                            out});
  return kOk;
}

std::string add(const aclTensor& self, const aclTensor& other, const aclTensor& out, bool broadcast,
                double factor) {
  const DataType type = type_of(out.type);
  const std::int64_t count = elements_of(out);
  std::byte *const a = matrix_of(self, 0).data, *const b = matrix_of(other, 0).data;
  std::vector<std::byte> repeated;
  if (broadcast) {
    repeated.resize(static_cast<std::size_t>(kernels::bytes_of(type, count)));
    for (std::int64_t i = 0; i < count; ++i) {
      kernels::store(type, repeated.data(), i, kernels::load(type, b, 0));
    }
  }
  add_scaled(type, 1, a, factor, broadcast ? repeated.data() : b, matrix_of(out, 0).data, count);
  return "";
}

/// One tensor of rows, one of weights, and the sizes of the groups in a tensor of 64-bit counts.
std::string fault_of_groups(const aclTensor& x, const aclTensor& weight, const aclTensor& groups,
                            const aclTensor& out) {
  if (x.extents.size() != 2 || weight.extents.size() != 3 || out.extents.size() != 2) {
    return "dimensions";
  }
  if (x.type != weight.type || out.type != x.type || (x.type != 0 && !is_16_bit(x.type))) {
    return "types";
  }
  const bool fit = x.extents[0] == out.extents[0] && x.extents[1] == weight.extents[1] &&
                   out.extents[1] == weight.extents[2] && is_dense(out);
  if (!fit) return "shapes do not fit";
  if (groups.type != 9 || groups.extents.size() != 1) return "the list of groups";
  return groups.extents[0] == weight.extents[0] && groups.extents[0] <= 1024 ? ""
                                                                             : "number of groups";
}

std::string multiply_groups(const aclTensor& x, const aclTensor& weight, const aclTensor& groups,
                            const aclTensor& out) {
  const auto count = static_cast<std::size_t>(groups.extents[0]);
  const auto place = machine().memory.find(groups.data, count * sizeof(std::int64_t));
  std::vector<std::int64_t> sizes(count);
  std::memcpy(sizes.data(), place.data, count * sizeof(std::int64_t));
  Matrix rows = matrix_of(x, 0), result = matrix_of(out, 0);
  const auto width = kernels::bytes_of(rows.type, 1);
  std::int64_t left = rows.rows;
  for (std::size_t group = 0; group < count; ++group) {
    if (sizes[group] < 0 || sizes[group] > left) return "sizes of the groups";
    left -= sizes[group];
    rows.rows = result.rows = sizes[group];
    if (sizes[group] > 0)
      multiply(rows, matrix_of(weight, static_cast<std::int64_t>(group)), result);
    rows.data += sizes[group] * rows.row_stride * width;
    result.data += sizes[group] * result.row_stride * width;
  }
  return "";
}

}  // namespace

#define FAKE_LAUNCH(name)                                                                \
  FAKE_EXPORT Status name(void* workspace, std::uint64_t bytes, aclOpExecutor* executor, \
                          void* stream) {                                                \
    return launch(#name, workspace, bytes, executor, stream);                            \
  }

FAKE_EXPORT Status aclnnMmGetWorkspaceSize(const aclTensor* a, const aclTensor* b, aclTensor* c,
                                           std::int8_t math, std::uint64_t* bytes,
                                           aclOpExecutor** executor) {
  return plan_product("aclnnMm", 2, a, b, c, math, bytes, executor);
}
FAKE_LAUNCH(aclnnMm)

FAKE_EXPORT Status aclnnBatchMatMulGetWorkspaceSize(const aclTensor* a, const aclTensor* b,
                                                    aclTensor* c, std::int8_t math,
                                                    std::uint64_t* bytes,
                                                    aclOpExecutor** executor) {
  return plan_product("aclnnBatchMatMul", 3, a, b, c, math, bytes, executor);
}
FAKE_LAUNCH(aclnnBatchMatMul)

FAKE_EXPORT Status aclnnQuantMatmulV4GetWorkspaceSize(
    const aclTensor* x1, const aclTensor* x2, const aclTensor* scale, const aclTensor* offset,
    const aclTensor* scale_of_tokens, const aclTensor* bias, bool transpose_x1, bool transpose_x2,
    const aclTensor* out, std::uint64_t* bytes, aclOpExecutor** executor) {
  const bool unused_given = offset != nullptr || scale_of_tokens != nullptr || bias != nullptr;
  return plan_quant("aclnnQuantMatmulV4", x1, x2, scale, unused_given, transpose_x1, transpose_x2,
                    out, bytes, executor);
}
FAKE_LAUNCH(aclnnQuantMatmulV4)

FAKE_EXPORT Status assay_fake_ascend_plan_quant_v5(const aclTensor* x1, const aclTensor* x2,
                                                   const aclTensor* x1_scale,
                                                   const aclTensor* x2_scale, bool unused_given,
                                                   bool transpose_x1, bool transpose_x2,
                                                   std::int64_t group_size, aclTensor* out,
                                                   std::uint64_t* bytes, aclOpExecutor** executor) {
  return plan_quant("aclnnQuantMatmulV5", x1, x2, x2_scale,
                    unused_given || x1_scale != nullptr || group_size != 0, transpose_x1,
                    transpose_x2, out, bytes, executor);
}
FAKE_EXPORT Status assay_fake_ascend_launch_quant_v5(void* workspace, std::uint64_t bytes,
                                                     aclOpExecutor* executor, void* stream) {
  return launch("aclnnQuantMatmulV5", workspace, bytes, executor, stream);
}

FAKE_EXPORT Status aclnnAddGetWorkspaceSize(const aclTensor* self, const aclTensor* other,
                                            const aclScalar* alpha, aclTensor* out,
                                            std::uint64_t* bytes, aclOpExecutor** executor) {
  const std::lock_guard lock(machine().mutex);
  if (const Status bad =
          check_plan("aclnnAddGetWorkspaceSize", {self, other, out}, bytes, executor);
      bad != kOk) {
    return bad;
  }
  if (!is_live(alpha)) return refuse(kNnNull, "aclnnAdd: alpha is missing or gone");
  const bool broadcast = other->extents == std::vector<std::int64_t>{1};
  const bool alike = self->type == out->type && other->type == out->type &&
                     self->extents == out->extents && (broadcast || other->extents == out->extents);
  if (!alike || !is_dense(*self) || !is_dense(*other) || !is_dense(*out)) {
    return refuse(kNnInvalid, "aclnnAdd: shapes or types that this fake does not know");
  }
  *bytes = 0;
  *executor = new_executor(
      {"aclnnAdd",
       {self, other, out},
       0,
       [=, factor = alpha->value] { return add(*self, *other, *out, broadcast, factor); },
       out});
  return kOk;
}
FAKE_LAUNCH(aclnnAdd)

FAKE_EXPORT Status aclnnGroupedMatmulV4GetWorkspaceSize(
    const aclTensorList* x, const aclTensorList* weight, const aclTensorList* bias,
    const aclTensorList* scale, const aclTensorList* offset, const aclTensorList*,
    const aclTensorList*, const aclTensorList*, const aclTensor* groups, const aclTensorList*,
    const aclTensorList*, const aclTensorList*, std::int64_t split_item, std::int64_t group_type,
    std::int64_t group_list_type, std::int64_t activation, aclTensorList* out, aclTensorList*,
    aclTensorList*, std::uint64_t* bytes, aclOpExecutor** executor) {
  const std::lock_guard lock(machine().mutex);
  if (!is_live(x) || !is_live(weight) || !is_live(out)) return refuse(kNnNull, "a list is missing");
  const aclTensor *const rows = x->tensors[0], *const experts = weight->tensors[0],
                         *const result = out->tensors[0];
  if (const Status bad = check_plan("aclnnGroupedMatmulV4GetWorkspaceSize",
                                    {rows, experts, groups, result}, bytes, executor);
      bad != kOk) {
    return bad;
  }
  std::string why = fault_of_groups(*rows, *experts, *groups, *result);
  if (bias != nullptr || scale != nullptr || offset != nullptr)
    why = "a bias, a scale or an offset";
  if (split_item != 3 || group_type != 0 || group_list_type != 1 || activation != 0) {
    why = "this fake knows splitItem 3, groupType 0, groupListType 1 and actType 0";
  }
  if (!why.empty()) return refuse(kNnInvalid, "aclnnGroupedMatmulV4: " + why);
  *bytes = kWorkspace;
  *executor = new_executor({"aclnnGroupedMatmulV4",
                            {rows, experts, groups, result},
                            kWorkspace,
                            [=] { return multiply_groups(*rows, *experts, *groups, *result); },
                            result});
  return kOk;
}
FAKE_LAUNCH(aclnnGroupedMatmulV4)
