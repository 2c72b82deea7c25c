#include "kernels/attention/rules.h"

#include <fmt/format.h>

#include <bit>

#include "kernels/checking.h"
#include "kernels/error.h"
#include "kernels/fields.h"

namespace assay::kernels {

namespace {

/// Q times the amplification that belongs to it stays finite in f16, with outliers of 80.
constexpr std::int64_t kLargestCap = 1024;

double sum_to(double n) {
  return n * (n + 1) / 2;
}

void fill_sinks(const Problem& problem, std::int64_t first, Bytes to) {
  std::int64_t keys = problem.dimension("skv");
  if (const std::int64_t window = problem.limit("window"); window > 0) keys = window;
  const auto bits = static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(keys)));
  const auto count = count_in(DataType::f32, static_cast<std::int64_t>(to.size()));
  Draws draws{problem.hash()};
  for (std::int64_t head = 0; head < first + count; ++head) {
    const std::int64_t sixteenths = 11 * bits + draws.next(33) - 16;
    if (head < first) continue;
    store(DataType::f32, to.data(), head - first, static_cast<double>(sixteenths) / 16);
  }
}

}  // namespace

double visible_pairs(const AttentionShape& s) {
  const auto sq = static_cast<double>(s.sq), skv = static_cast<double>(s.skv);
  if (!s.causal) return sq * skv;
  const double all = sum_to(skv) - sum_to(skv - sq);
  if (s.window == 0) return all;
  // What lies before the window: queries that see w + 1, w + 2, … skv keys lose 1, 2, … skv - w.
  const auto beyond = static_cast<double>(std::max<std::int64_t>(0, s.skv - s.window));
  return all - sum_to(beyond) + sum_to(std::max(0.0, beyond - sq));
}

std::int64_t keys_read(const AttentionShape& s) {
  return s.skv - s.first_visible(0);
}

Field mask_field() {
  return choice_field("mask", {"none", "causal"},
                      "keys that query i sees: all, or with causal those up to i + skv - sq",
                      Default{"none"});
}

Field window_field() {
  return limit_field("window", "keys that a query sees at most, its last ones; needs mask=causal");
}

Field softcap_field() {
  return limit_field("softcap", "cap c of the scores: a score s becomes c tanh(s / c)");
}

Field sinks_field() {
  Field field = choice_field("sinks", {"none", "learned"},
                             "learned: each query head has a logit that joins the softmax and has "
                             "no value",
                             Default{"none"});
  field.always_printed = false;
  return field;
}

void require_grouped_heads(const AttentionShape& s) {
  if (s.hq % s.hkv != 0) {
    throw InputError(fmt::format("field hkv: {} does not divide hq={}", s.hkv, s.hq),
                     "use a divisor of hq; hkv=hq is multi-head, hkv=1 multi-query");
  }
}

void require_some_key(const AttentionShape& s) {
  if (!s.causal || s.skv >= s.sq) return;
  throw InputError(
      fmt::format("field skv: {} is less than sq={}, so with mask=causal the first queries would "
                  "see no key",
                  s.skv, s.sq),
      "use skv >= sq or mask=none");
}

void require_window_and_cap(const AttentionShape& s) {
  if (s.window > 0 && !s.causal) {
    throw InputError("field window: without mask=causal a query has no last key",
                     "use mask=causal or leave window out");
  }
  if (s.window > s.skv) {
    throw InputError(fmt::format("field window: {} is wider than skv={}", s.window, s.skv),
                     "use window <= skv or leave it out");
  }
  if (s.softcap > kLargestCap) {
    throw InputError(fmt::format("field softcap: {} is too large", s.softcap),
                     fmt::format("use softcap <= {}", kLargestCap));
  }
}

void require_inexact(const Problem& problem) {
  if (problem.choice("dist") != "integer") return;
  throw InputError("field dist: integer does not apply, as softmax is not exact",
                   "use dist=uniform, normal or llm");
}

std::int64_t query_amplification(const AttentionShape& s, const Problem& problem) {
  // Of scores without amplification: 1/3, 1, and about 2 where one channel in 128 is an outlier.
  const std::string& dist = problem.choice("dist");
  const std::int64_t factor = dist == "uniform"  ? s.softcap * 3 / 8
                              : dist == "normal" ? s.softcap / 8
                                                 : s.softcap / 16;
  if (factor < 1) return 1;
  return static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(factor)));
}

Operand sinks_operand(const AttentionShape& s) {
  Operand sinks{"sinks", Role::input, DataType::f32, {s.hq}};
  sinks.fill = fill_sinks;
  return sinks;
}

std::string why_not_plain(const AttentionShape& s) {
  return s.is_plain() ? "" : "it computes attention without window, softcap, sinks and pages";
}

}  // namespace assay::kernels
