#include "kernels/attention/rules.h"
#include "kernels/fields.h"
#include "kernels/mla_decode/shape.h"

namespace assay::kernels {

extern const Operation mla_decode_operation;
ReferenceFunction mla_decode_reference;
CheckFunction mla_decode_check;

AttentionShape mla_shape(const Problem& problem) {
  const std::int64_t latent = problem.dimension("latent");
  return {.b = problem.dimension("b"),
          .hq = problem.dimension("hq"),
          .hkv = 1,
          .sq = problem.dimension("sq"),
          .skv = problem.dimension("skv"),
          .d = latent + problem.dimension("rope"),
          .dv = latent,
          .type = problem.type("type"),
          .causal = problem.choice("mask") == "causal",
          .values_in_keys = true,
          .scale_width = problem.dimension("qk")};
}

namespace {

const Field kFields[] = {
    dimension_field("b", "batch: number of independent sequences"),
    dimension_field("hq", "query heads, which share one cache", Default{"128"}),
    tiled_field("sq", "queries per sequence: one, or a few with multi-token prediction",
                Default{"1"}),
    tiled_field("skv", "cached positions per sequence"),
    tiled_field("latent",
                "width of the latent vector: of the values, and of the first part of the keys",
                Default{"512"}),
    tiled_field("rope", "width of the rotary part of the keys, after the latent part",
                Default{"64"}),
    dimension_field("qk", "width of a head before absorption: scores are scaled by 1 / sqrt(qk)",
                    Default{"192"}),
    type_field("type", {"f32", "bf16", "f16"}, "type of Q, KV and O"),
    mask_field(),
    distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  const std::int64_t latent = problem.dimension("latent"), rope = problem.dimension("rope");
  require_addressable("latent", {latent});
  require_addressable("rope", {rope});
  const AttentionShape s = mla_shape(problem);
  require_some_key(s);
  require_inexact(problem);
  require_addressable("b, hq, sq, latent, rope", {s.b, s.hq, s.sq, s.d});
  require_addressable("b, skv, latent, rope", {s.b, s.skv, s.d});
}

std::vector<Operand> operands(const Problem& problem) {
  const AttentionShape s = mla_shape(problem);
  return {{"q", Role::input, s.type, {s.b, s.hq, s.sq, s.d}, false, 1, 1, s.d},
          {"kv", Role::input, s.type, {s.b, s.skv, s.d}, false, 1, 1, s.d},
          {"o", Role::output, s.type, {s.b, s.hq, s.sq, s.dv}}};
}

/// 2 b hq pairs (latent + rope) for the scores and 2 b hq pairs latent for the values.
Work work(const Problem& problem) {
  const AttentionShape s = mla_shape(problem);
  const double heads = static_cast<double>(s.b) * static_cast<double>(s.hq);
  return {2 * heads * visible_pairs(s) * static_cast<double>(s.d + s.dv),
          compulsory_bytes(operands(problem)), s.type};
}

const OperandText kOperands[] = {
    {"q", Role::input, "Q: b x hq x sq x (latent + rope), row-major"},
    {"kv", Role::input,
     "KV: b x skv x (latent + rope), row-major: keys, of which the first `latent` elements are the "
     "values"},
    {"o", Role::output, "O: b x hq x sq x latent, row-major"},
};

}  // namespace

const Operation mla_decode_operation = {
    .name = "mla_decode",
    .summary =
        "absorbed multi-head latent attention over a shared cache (DeepSeek-V2, arXiv 2405.04434)",
    .formula =
        "O[b,h,i] = sum over j of softmax over j of (Q[b,h,i] . KV[b,j] / sqrt(qk)) "
        "KV[b,j,0:latent]",
    .counting =
        "FLOP: 2 (2 latent + rope) for each head and each pair of a query and a position that it "
        "sees; the softmax is not counted. Bytes: Q and KV read once, O written once.",
    .fields = kFields,
    .operand_texts = kOperands,
    .validate = validate,
    .operands = operands,
    .work = work,
    .reference = mla_decode_reference,
    .check = mla_decode_check,
};

}  // namespace assay::kernels
