#include "tests/fakes/cudalike/cudnn/graph.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "tests/fakes/cudalike/cudnn/operations.h"

namespace assay::fakes::cudalike::dnn {
namespace {

bool is_unary(int mode) {
  return mode == kExponential || mode == kLogarithm || mode == kIndex;
}

bool is_binary(int mode) {
  return mode == kAdd || mode == kMultiply || mode == kDivide || mode == kSubtract ||
         mode == kNotLess;
}

/// Each extent is the result's, or 1.
bool broadcasts(const Tensor& from, const Tensor& to) {
  for (std::size_t i = 0; i < 4; ++i) {
    if (from.extents[i] != to.extents[i] && from.extents[i] != 1) return false;
  }
  return true;
}

std::string fault_of_matmul(const Operation& o, const Graph& graph) {
  const Tensor &a = graph.at(o.x), &b = graph.at(o.b), &c = graph.at(o.y);
  for (std::size_t i = 0; i < 2; ++i) {
    if (a.extents[i] != c.extents[i] || c.extents[i] % b.extents[i] != 0) return "batches differ";
  }
  const bool fit =
      a.extents[3] == b.extents[2] && a.extents[2] == c.extents[2] && b.extents[3] == c.extents[3];
  return fit ? "" : "the extents of a product do not fit";
}

std::string fault_of_pointwise(const Operation& o, const Graph& graph) {
  const bool known = is_unary(o.mode) || is_binary(o.mode) || o.mode == kSelect;
  if (!known) return "this fake does not know the pointwise mode " + std::to_string(o.mode);
  if ((o.b >= 0) == is_unary(o.mode))
    return "a pointwise operation with an operand too many or few";
  if ((o.t >= 0) != (o.mode == kSelect))
    return "a third operand is for a selection, which needs it";
  const Tensor& y = graph.at(o.y);
  for (const std::int64_t id : {o.x, o.b, o.t}) {
    if (id >= 0 && !broadcasts(graph.at(id), y)) return "the extents of an operand do not fit";
  }
  if (o.mode == kIndex && (o.axis < 0 || o.axis > 3)) return "an index needs an axis";
  if ((o.mode == kNotLess) != (y.type == kBoolType)) return "a comparison gives truth values";
  if (o.mode == kSelect && graph.at(o.t).type != kBoolType) return "what selects has truth values";
  return "";
}

std::string fault_of_reduction(const Operation& o, const Graph& graph) {
  const Tensor &x = graph.at(o.x), &y = graph.at(o.y);
  if (o.mode != kSum && o.mode != kMaximum) return "this fake knows sums and maxima";
  if (y.type != kFloatType) return "a reduction gives f32";
  return broadcasts(y, x) ? "" : "the extents of a reduction do not fit";
}

}  // namespace

bool is_known_type(int type) {
  return bytes_of(type) != 0;
}

std::size_t bytes_of(int type) {
  switch (type) {
    case kFloatType:
    case kInt32Type:
      return 4;
    case kHalfType:
    case kBfloat16Type:
      return 2;
    case kBoolType:
      return 1;
    default:
      return 0;
  }
}

std::string fault_of(const Operation& operation, const Graph& graph) {
  if (graph.at(operation.y).by_value) return "a result by value";
  switch (operation.what) {
    case What::matmul:
      return fault_of_matmul(operation, graph);
    case What::reduction:
      return fault_of_reduction(operation, graph);
    case What::pointwise:
      break;
  }
  return fault_of_pointwise(operation, graph);
}

std::string fault_of(const Graph& graph) {
  std::set<std::int64_t> made;
  for (const Operation& operation : graph.operations) {
    for (const std::int64_t id : {operation.x, operation.b, operation.t}) {
      if (id < 0 || !graph.at(id).is_virtual || made.contains(id)) continue;
      return "nothing makes tensor " + std::to_string(id);
    }
    if (!made.insert(operation.y).second) {
      return "tensor " + std::to_string(operation.y) + " is made twice";
    }
  }
  return "";
}

std::string why_not_fused(const Graph& graph, int capability) {
  const auto count = [&](What what, int mode) {
    return std::ranges::count_if(graph.operations, [&](const Operation& one) {
      return one.what == what && (what == What::matmul || one.mode == mode);
    });
  };
  const Operation &first = graph.operations.front(), &last = graph.operations.back();
  // Fused attention: two products, and between them the softmax's largest, powers, sum and
  // quotient.
  if (first.what != What::matmul || last.what != What::matmul || count(What::matmul, 0) != 2 ||
      count(What::reduction, kMaximum) != 1 || count(What::reduction, kSum) != 1 ||
      count(What::pointwise, kExponential) != 1 || count(What::pointwise, kLogarithm) != 1 ||
      count(What::pointwise, kDivide) != 1) {
    return "no pattern of attention";
  }
  const Tensor &q = graph.at(first.x), &k = graph.at(first.b), &v = graph.at(last.b),
               &o = graph.at(last.y);
  for (const Tensor* tensor : {&q, &k, &v, &o}) {
    if (tensor->is_virtual || tensor->by_value) return "an operand that does not lie in memory";
    if (tensor->type != q.type) return "types differ";
  }
  if (q.type != kHalfType && q.type != kBfloat16Type) return "a type of other than 16 bits";
  if (graph.at(last.x).type != q.type) return "weights of another type than the values";
  for (const Operation& one : graph.operations) {
    if (&one != &last && !graph.at(one.y).is_virtual) return "a result between the products";
    const Tensor& y = graph.at(one.y);
    if (one.what == What::reduction && y.extents[3] != 1) return "a reduction over other than keys";
  }
  if (q.strides[3] != 1 || k.strides[2] != 1 || v.strides[3] != 1 || o.strides[3] != 1) {
    return "heads that are not contiguous";
  }
  const std::int64_t most = capability >= 90 ? 256 : 128;
  for (const std::int64_t d : {q.extents[3], v.extents[3]}) {
    if (d % 8 != 0 || d > most) return "the head's extent";
  }
  return capability >= 80 ? "" : "no fused attention before capability 8.0";
}

std::string computed(const Graph& graph, const Bound& bound) {
  // As many queries at a time as keep what lies between the products small.
  constexpr std::int64_t kRows = 128;
  const Extents4 all = graph.at(graph.operations.back().y).extents;
  for (std::int64_t batch = 0; batch < all[0]; ++batch) {
    for (std::int64_t head = 0; head < all[1]; ++head) {
      HeadOfGraph one(graph, bound, batch, head);
      for (std::int64_t row = 0; row < all[2]; row += kRows) {
        const std::string why = one.compute(row, std::min(kRows, all[2] - row));
        if (!why.empty()) return why;
      }
    }
  }
  return "";
}

}  // namespace assay::fakes::cudalike::dnn
