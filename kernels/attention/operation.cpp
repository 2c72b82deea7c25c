#include <fmt/format.h>

#include <cmath>

#include "kernels/attention/rules.h"
#include "kernels/attention/shape.h"
#include "kernels/error.h"
#include "kernels/fields.h"

namespace assay::kernels {

extern const Operation attention_operation;
ReferenceFunction attention_reference;
CheckFunction attention_check;

double AttentionShape::scale() const {
  return 1.0 / std::sqrt(static_cast<double>(scale_width.value_or(d)));
}

double AttentionShape::capped(double score) const {
  if (softcap == 0) return score;
  const auto cap = static_cast<double>(softcap);
  return cap * std::tanh(score / cap);
}

bool AttentionShape::is_plain() const {
  const AttentionShape plain{.b = b,
                             .hq = hq,
                             .hkv = hkv,
                             .sq = sq,
                             .skv = skv,
                             .d = d,
                             .dv = dv,
                             .type = type,
                             .causal = causal,
                             .values_in_keys = values_in_keys,
                             .scale_width = scale_width};
  return *this == plain;
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
          .causal = problem.choice("mask") == "causal",
          .window = problem.limit("window"),
          .softcap = problem.limit("softcap"),
          .sinks = problem.choice("sinks") == "learned"};
}

namespace {

Field value_width_field() {
  Field field =
      tiled_field("dv", "width of a value head",
                  Default{"d", [](const Problem& so_far) { return so_far.field_text("d"); }});
  field.always_printed = false;
  return field;
}

const Field kFields[] = {
    dimension_field("b", "batch: number of independent sequences"),
    dimension_field("hq", "query heads"),
    dimension_field("hkv", "key and value heads; divides hq"),
    tiled_field("sq", "queries per sequence"),
    tiled_field("skv", "keys per sequence"),
    tiled_field("d", "width of a query and key head"),
    value_width_field(),
    type_field("type", {"f32", "bf16", "f16"}, "type of Q, K, V and O"),
    mask_field(),
    window_field(),
    softcap_field(),
    sinks_field(),
    distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  const AttentionShape s = attention_shape(problem);
  require_grouped_heads(s);
  require_some_key(s);
  require_window_and_cap(s);
  require_inexact(problem);
  require_addressable("b, hq, sq, d", {s.b, s.hq, s.sq, s.d});
  require_addressable("b, hkv, skv, d", {s.b, s.hkv, s.skv, s.d});
  require_addressable("b, hq, sq, dv", {s.b, s.hq, s.sq, s.dv});
  require_addressable("b, hkv, skv, dv", {s.b, s.hkv, s.skv, s.dv});
}

std::vector<Operand> operands(const Problem& problem) {
  const AttentionShape s = attention_shape(problem);
  std::vector<Operand> all = {
      {"q", Role::input, s.type, {s.b, s.hq, s.sq, s.d}, false, 1, 1, s.d},
      {"k", Role::input, s.type, {s.b, s.hkv, s.skv, s.d}, false, 1, 1, s.d},
      {"v", Role::input, s.type, {s.b, s.hkv, s.skv, s.dv}, false, 1, 1, s.dv}};
  all[0].amplification = query_amplification(s, problem);
  if (s.sinks) all.push_back(sinks_operand(s));
  all.push_back({"o", Role::output, s.type, {s.b, s.hq, s.sq, s.dv}});
  return all;
}

Work work(const Problem& problem) {
  const AttentionShape s = attention_shape(problem);
  const double heads = static_cast<double>(s.b) * static_cast<double>(s.hq);
  const double unread = static_cast<double>(s.b) * static_cast<double>(s.hkv) *
                        static_cast<double>(s.skv - keys_read(s)) *
                        static_cast<double>(bytes_of(s.type, s.d + s.dv));
  return {2 * heads * visible_pairs(s) * static_cast<double>(s.d + s.dv),
          compulsory_bytes(operands(problem)) - unread, s.type};
}

const OperandText kOperands[] = {
    {"q", Role::input, "Q: b x hq x sq x d, row-major"},
    {"k", Role::input, "K: b x hkv x skv x d, row-major"},
    {"v", Role::input, "V: b x hkv x skv x dv, row-major"},
    {"sinks", Role::input,
     "only with sinks=learned: hq logits, f32, about the logarithm of the number of keys"},
    {"o", Role::output, "O: b x hq x sq x dv, row-major"},
};

}  // namespace

const Operation attention_operation = {
    .name = "attention",
    .summary = "scaled dot-product attention, forward",
    .formula =
        "O[b,h,i] = sum over j of softmax over j of (Q[b,h,i] . K[b,g,j] / sqrt(d)) V[b,g,j], g = "
        "floor(h hkv / hq), j over the keys that query i sees. With softcap=c a score s is first "
        "replaced by c tanh(s / c), and Q is drawn larger, so that this shows; with sinks=learned "
        "exp(sinks[h]) is added to the softmax's sum",
    .counting =
        "FLOP: 2 (d + dv) for each query head and each pair of a query and a key that it sees; the "
        "softmax is not counted. Bytes: Q, the sinks, and those K and V that some query sees read "
        "once, O written once.",
    .fields = kFields,
    .operand_texts = kOperands,
    .validate = validate,
    .operands = operands,
    .work = work,
    .reference = attention_reference,
    .check = attention_check,
};

}  // namespace assay::kernels
