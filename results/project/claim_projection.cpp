#include "results/project/claim_projection.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <map>

#include "kernels/error.h"
#include "results/page/quantity_text.h"
#include "results/project/cases.h"
#include "results/project/data_files.h"

namespace assay::results::project {

namespace {

constexpr std::uint64_t kSeed = 1;
constexpr int kDraws = 2000;

using Cases = std::map<std::string, toml::table, std::less<>>;

/// All cases, by claim.
const Cases& cases() {
  static const Cases kCases = [] {
    Cases out;
    const auto add = [&](const toml::table& one) {
      out.emplace(one["claim"].value_or(std::string()), one);
    };
    const toml::table file = toml::parse(project_file("claims.toml"));
    for (const toml::node& node : *file["case"].as_array()) add(*node.as_table());
    for (const toml::table& row : validation_rows()) add(row);
    return out;
  }();
  return kCases;
}

std::string what_of(const toml::table& one) {
  const std::string kind = one["kind"].value_or(std::string());
  const std::string system = one["system"].value_or(std::string());
  if (kind == "matmul") {
    return fmt::format("a large matmul in {} on all chips of {} at once",
                       one["type"].value_or(std::string()), system);
  }
  if (kind == "ratio") {
    return fmt::format("a large matmul in {} on all chips of {} divided by the same on {}",
                       one["type"].value_or(std::string()), system,
                       one["against"].value_or(std::string()));
  }
  if (kind == "exchange") return fmt::format("the exchange of experts' tokens on {}", system);
  if (kind == "generation") {
    return fmt::format("prompts and generated tokens of {} on {}, {} ranks in a tensor group",
                       one["model"].value_or(std::string()), system, one["tp"].value_or(1));
  }
  if (kind == "collective") return fmt::format("the collective on {}", system);
  return fmt::format("{} of {} on {}, {} ranks sharing the experts",
                     one["phase"].value_or(std::string()), one["model"].value_or(std::string()),
                     system, one["ep"].value_or(1));
}

bool is_consistent(const claims::Claim& claim, const Projected& projected) {
  const double value = claim.value->written, slack = claim.tolerance * value;
  const bool not_below = projected.interval.upper >= value - slack;
  const bool not_above = projected.interval.lower <= value + slack;
  switch (claim.comparison) {
    case claims::Comparison::at_least:
      return not_below;
    case claims::Comparison::at_most:
      return not_above;
    case claims::Comparison::equal:
      break;
  }
  return not_below && not_above;
}

}  // namespace

std::optional<ClaimProjection> projection_of(const claims::Catalogue& catalogue,
                                             const claims::Claim& claim) {
  const auto found = cases().find(claim.id);
  if (found == cases().end() || !claim.value) return std::nullopt;
  try {
    const Projected base = project_case(catalogue, found->second, kSeed, kDraws);
    const double scale = claims::parse_unit(claim.value->unit).scale;
    ClaimProjection out;
    out.projected = {base.value / scale,
                     {base.interval.lower / scale, base.interval.upper / scale}};
    out.what = what_of(found->second);
    out.consistent = is_consistent(claim, out.projected);
    out.of_peak = claim.quantity.starts_with("peak.");
    return out;
  } catch (const InputError&) {
    return std::nullopt;
  }
}

std::string projection_text(const claims::Claim& claim, const ClaimProjection& projection) {
  const std::string unit = claim.value->unit.empty() ? "" : " " + claim.value->unit;
  const std::string figure =
      fmt::format("{}: projected {}{} (95% interval {} to {})", projection.what,
                  page::number_text(projection.projected.value, 3), unit,
                  page::number_text(projection.projected.interval.lower, 3),
                  page::number_text(projection.projected.interval.upper, 3));
  const char* word = projection.consistent ? "consistent" : "not consistent";
  if (!projection.of_peak) return fmt::format("{}, {} with the claim", figure, word);
  return fmt::format(
      "{}, {} of the claimed peak: {} with the claim as a rate that work reaches; it says nothing "
      "about the peak itself",
      figure, page::percent_text(projection.projected.value / claim.value->written), word);
}

std::optional<std::string> projected_evidence(const claims::Catalogue& catalogue,
                                              const claims::Claim& claim) {
  const auto projection = projection_of(catalogue, claim);
  if (!projection) return std::nullopt;
  return projection_text(claim, *projection);
}

}  // namespace assay::results::project
