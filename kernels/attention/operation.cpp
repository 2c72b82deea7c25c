#include <fmt/format.h>

#include <cmath>

#include "kernels/attention/check.h"
#include "kernels/attention/rules.h"
#include "kernels/attention/shape.h"
#include "kernels/error.h"
#include "kernels/fields.h"

namespace assay::kernels {

extern const Operation attention_operation;

double AttentionShape::scale() const {
  return 1.0 / std::sqrt(static_cast<double>(scale_width.value_or(d)));
}

AttentionShape attention_shape(const Problem& problem) {
  return {.b = problem.dimension("b"),
          .hq = problem.dimension("hq"),
          .hkv = problem.dimension("hkv"),
          .sq = problem.dimension("sq"),
          .skv = problem.dimension("skv"),
          .d = problem.dimension("d"),
          .dv = problem.dimension("dv"),
          .type = problem.type("type"),
          .causal = problem.choice("mask") == "causal"};
}

namespace {

Field value_width_field() {
  return {
      "dv", FieldKind::dimension,    [](const Problem& so_far) { return so_far.field_text("d"); },
      {},   "width of a value head", false};
}

const Field kFields[] = {
    dimension_field("b", "batch: independent sequences"),
    dimension_field("hq", "query heads"),
    dimension_field("hkv", "key and value heads; divides hq"),
    dimension_field("sq", "queries a sequence"),
    dimension_field("skv", "keys a sequence"),
    dimension_field("d", "width of a query and key head"),
    value_width_field(),
    type_field("type", {"f32", "bf16", "f16"}, "type of Q, K, V and O"),
    mask_field(),
    distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  const AttentionShape s = attention_shape(problem);
  if (s.hq % s.hkv != 0) {
    throw InputError(fmt::format("field hkv: {} does not divide hq={}", s.hkv, s.hq),
                     "use a divisor of hq; hkv=hq is multi-head, hkv=1 multi-query");
  }
  require_some_key(s);
  require_inexact(problem);
  require_addressable("b, hq, sq, d", {s.b, s.hq, s.sq, s.d});
  require_addressable("b, hkv, skv, d", {s.b, s.hkv, s.skv, s.d});
  require_addressable("b, hq, sq, dv", {s.b, s.hq, s.sq, s.dv});
  require_addressable("b, hkv, skv, dv", {s.b, s.hkv, s.skv, s.dv});
}

std::vector<Operand> operands(const Problem& problem) {
  const AttentionShape s = attention_shape(problem);
  return {{"q", Role::input, s.type, {s.b, s.hq, s.sq, s.d}, false, 1, 1, s.d},
          {"k", Role::input, s.type, {s.b, s.hkv, s.skv, s.d}, false, 1, 1, s.d},
          {"v", Role::input, s.type, {s.b, s.hkv, s.skv, s.dv}, false, 1, 1, s.dv},
          {"o", Role::output, s.type, {s.b, s.hq, s.sq, s.dv}}};
}

Work work(const Problem& problem) {
  const AttentionShape s = attention_shape(problem);
  const double heads = static_cast<double>(s.b) * static_cast<double>(s.hq);
  return {2 * heads * visible_pairs(s) * static_cast<double>(s.d + s.dv),
          compulsory_bytes(operands(problem)), s.type};
}

}  // namespace

const Operation attention_operation = {"attention",
                                       "scaled dot-product attention, forward",
                                       kFields,
                                       validate,
                                       operands,
                                       work,
                                       attention_reference,
                                       attention_check};

}  // namespace assay::kernels
