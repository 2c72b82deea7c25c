#include "kernels/attention/rules.h"

#include <fmt/format.h>

#include "kernels/error.h"
#include "kernels/fields.h"

namespace assay::kernels {

double visible_pairs(const AttentionShape& s) {
  const auto sq = static_cast<double>(s.sq), skv = static_cast<double>(s.skv);
  return s.causal ? sq * (skv - sq) + sq * (sq + 1) / 2 : sq * skv;
}

Field mask_field() {
  return choice_field("mask", {"none", "causal"},
                      "keys that query i sees: all, or with causal those up to i + skv - sq",
                      Default{"none"});
}

void require_some_key(const AttentionShape& s) {
  if (!s.causal || s.skv >= s.sq) return;
  throw InputError(
      fmt::format("field skv: {} is less than sq={}, so with mask=causal the first queries would "
                  "see no key",
                  s.skv, s.sq),
      "use skv >= sq or mask=none");
}

void require_inexact(const Problem& problem) {
  if (problem.choice("dist") != "integer") return;
  throw InputError("field dist: integer does not apply, as softmax is not exact",
                   "use dist=uniform, normal or llm");
}

}  // namespace assay::kernels
