#include "backends/cudalike/attention_graph.h"

#include <fmt/format.h>

#include "kernels/attention/rules.h"

namespace assay::backends::cudalike {

using namespace graph;
using kernels::AttentionShape;

namespace {

Type storage(kernels::DataType type) {
  return type == kernels::DataType::f16 ? kHalf : kBfloat16;
}

/// Scores with the keys that a query may not see set to minus infinity.
GraphBuilder::Tensor masked(GraphBuilder& builder, GraphBuilder::Tensor scores,
                            const AttentionShape& s) {
  const Extents all = scores.extents;
  auto row = builder.between(kInt32, all);
  const auto column = builder.between(kInt32, all);
  const auto seen = builder.between(kBool, all);
  const auto result = builder.between(kFloat, all);
  builder.index(2, scores, row);
  builder.index(3, scores, column);
  if (s.skv != s.sq) {  // aligned bottom-right
    const auto shifted = builder.between(kInt32, all);
    builder.pointwise(kAdd, row, builder.scalar(kShift, kInt32), shifted, kInt32);
    row = shifted;
  }
  builder.pointwise(kNotLess, row, column, seen, kBool);
  builder.select(scores, builder.scalar(kMasked, kFloat), seen, result);
  return result;
}

/// The engines recognise the pattern only if it also takes the logarithm of the sum, which training
/// needs; it is not used here.
GraphBuilder::Tensor softmax(GraphBuilder& builder, GraphBuilder::Tensor scores, Type type) {
  const Extents all = scores.extents;
  const Extents row = {all[0], all[1], all[2], 1};
  const auto maximum = builder.between(kFloat, row);
  const auto less = builder.between(kFloat, all);
  const auto raised = builder.between(kFloat, all);
  const auto sum = builder.between(kFloat, row);
  const auto logarithm = builder.between(kFloat, row);
  const auto statistics = builder.between(kFloat, row);
  const auto weights = builder.between(type, all);
  builder.reduce(kMaximum, scores, maximum);
  builder.pointwise(kSubtract, scores, maximum, less);
  builder.pointwise(kExponential, less, raised);
  builder.reduce(kSum, raised, sum);
  builder.pointwise(kLogarithm, sum, logarithm);
  builder.pointwise(kAdd, maximum, logarithm, statistics);
  builder.pointwise(kDivide, raised, sum, weights);
  return weights;
}

void describe(GraphBuilder& builder, const AttentionShape& s) {
  const Type type = storage(s.type);
  const auto query =
      builder.input(kQuery, type, {s.b, s.hq, s.sq, s.d}, {s.hq * s.sq * s.d, s.sq * s.d, s.d, 1});
  // Seen transposed, which the strides alone do.
  const auto key = builder.input(kKey, type, {s.b, s.hkv, s.d, s.skv},
                                 {s.hkv * s.skv * s.d, s.skv * s.d, 1, s.d});
  const auto value = builder.input(kValue, type, {s.b, s.hkv, s.skv, s.dv},
                                   {s.hkv * s.skv * s.dv, s.skv * s.dv, s.dv, 1});
  const auto output = builder.input(kOutput, type, {s.b, s.hq, s.sq, s.dv},
                                    {s.hq * s.sq * s.dv, s.sq * s.dv, s.dv, 1});
  const Extents all = {s.b, s.hq, s.sq, s.skv};
  const auto products = builder.between(kFloat, all);
  auto scores = builder.between(kFloat, all);
  builder.matmul(query, key, products);
  builder.pointwise(kMultiply, products, builder.scalar(kScale, kFloat), scores);
  if (s.causal && s.sq > 1) scores = masked(builder, scores, s);
  builder.matmul(softmax(builder, scores, type), value, output);
}

}  // namespace

std::string why_no_attention_graph(const AttentionShape& shape) {
  if (const std::string beyond = kernels::why_not_plain(shape); !beyond.empty()) return beyond;
  if (shape.type == kernels::DataType::f16 || shape.type == kernels::DataType::bf16) return {};
  return fmt::format("cuDNN's fused attention takes f16 and bf16, not {}", name(shape.type));
}

AttentionPlans::AttentionPlans(const GraphApi& api, GraphTarget target, const AttentionShape& s)
    : builder_(api, target) {
  try {
    describe(builder_, s);
  } catch (const sdk::Failure& failure) {
    // Some shapes are refused by a tensor or an operation already.
    refusal_ = failure.what();
  }
}

std::span<const GraphDescriptor> AttentionPlans::first(std::size_t limit, std::string& why) {
  if (refusal_.empty()) return builder_.plans(limit, why);
  why = refusal_;
  return {};
}

}  // namespace assay::backends::cudalike
