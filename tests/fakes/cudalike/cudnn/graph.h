// An operation graph as its descriptors said it, and its computation on the host: exactly what was
// described, with every tensor between operations rounded to its type.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kernels/dtype.h"

namespace assay::fakes::cudalike::dnn {

/// Matrices side by side: batch, head, row, column.
using Extents4 = std::array<std::int64_t, 4>;

struct Tensor {
  std::int64_t id = 0;
  int type = 0;  ///< cudnnDataType_t
  Extents4 extents = {}, strides = {};
  std::int64_t alignment = 1;
  bool is_virtual = false, by_value = false;

  bool operator==(const Tensor&) const = default;
};

enum class What { matmul, pointwise, reduction };

// Of cudnnPointwiseMode_t and cudnnReduceTensorOp_t.
inline constexpr int kAdd = 0, kMultiply = 1, kDivide = 6, kSubtract = 9, kExponential = 13,
                     kLogarithm = 15, kNotLess = 303, kIndex = 501, kSelect = 601;
inline constexpr int kSum = 0, kMaximum = 3;

/// Tensors by their ids; -1 where there is none.
struct Operation {
  What what = What::matmul;
  int mode = 0, axis = -1;
  std::int64_t x = -1, b = -1, t = -1, y = -1;  ///< of a matmul: A, B, none, C
};

struct Graph {
  std::map<std::int64_t, Tensor> tensors;
  std::vector<Operation> operations;

  const Tensor& at(std::int64_t id) const { return tensors.at(id); }
};

/// Types by their numbers; integers and truth values between operations count as f32.
inline constexpr int kFloatType = 0, kHalfType = 2, kInt32Type = 4, kBfloat16Type = 9,
                     kBoolType = 11;
bool is_known_type(int type);
std::size_t bytes_of(int type);

/// What is wrong with an operation's tensors; "" where nothing is.
std::string fault_of(const Operation& operation, const Graph& graph);
/// What is wrong with the whole: an input that nothing makes, a result that two make.
std::string fault_of(const Graph& graph);
/// Why no engine of fused attention takes it; "" where one does.
std::string why_not_fused(const Graph& graph, int capability);

/// Where a launch finds its tensors, and the values of its scalars.
struct Bound {
  std::map<std::int64_t, void*> pointers;
  std::map<std::int64_t, double> scalars;
};
/// "" or what went wrong.
std::string computed(const Graph& graph, const Bound& bound);

}  // namespace assay::fakes::cudalike::dnn
