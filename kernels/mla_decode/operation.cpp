#include "kernels/attention/rules.h"
#include "kernels/fields.h"
#include "kernels/mla_decode/check.h"
#include "kernels/mla_decode/shape.h"

namespace assay::kernels {

extern const Operation mla_decode_operation;

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

Field dimension_with_default(std::string_view name, std::string (*fallback)(const Problem&),
                             std::string_view meaning) {
  Field field = dimension_field(name, meaning);
  field.fallback = fallback;
  return field;
}

const Field kFields[] = {
    dimension_field("b", "batch: independent sequences"),
    dimension_with_default(
        "hq", [](const Problem&) { return std::string("128"); },
        "query heads, all over the one cache"),
    dimension_with_default(
        "sq", [](const Problem&) { return std::string("1"); },
        "queries a sequence: one, or a few where tokens are predicted ahead"),
    dimension_field("skv", "cached positions a sequence"),
    dimension_with_default(
        "latent", [](const Problem&) { return std::string("512"); },
        "width of the latent vector: of the values, and of the first part of the keys"),
    dimension_with_default(
        "rope", [](const Problem&) { return std::string("64"); },
        "width of the keys' rotary part behind it"),
    dimension_with_default(
        "qk", [](const Problem&) { return std::string("192"); },
        "width of the heads before absorption: scores are scaled by 1 / sqrt(qk)"),
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

}  // namespace

const Operation mla_decode_operation = {
    "mla_decode",  "absorbed multi-head latent attention over a shared cache",
    kFields,       validate,
    operands,      work,
    mla_reference, mla_check};

}  // namespace assay::kernels
