// Finds entries of a catalogue, and what follows from one of them.
#include <fmt/format.h>

#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/claims/catalogue.h"
#include "results/claims/figures.h"
#include "results/claims/ids.h"
#include "results/claims/problem_pattern.h"
#include "results/claims/units.h"

namespace assay::results::claims {

const Claim& find_claim(const Catalogue& catalogue, std::string_view id) {
  const auto place = catalogue.claim_places.find(std::string(id));
  if (place != catalogue.claim_places.end() && place->second < catalogue.claims.size()) {
    const Claim& claim = catalogue.claims[place->second];
    if (claim.id == id) return claim;
  }
  for (const Claim& claim : catalogue.claims) {
    if (claim.id == id) return claim;
  }
  throw InputError(fmt::format("no claim `{}` in the catalogue", id),
                   did_you_mean(id, ids_of(catalogue.claims)));
}

const System& find_system(const Catalogue& catalogue, std::string_view id) {
  const auto found = catalogue.systems.find(std::string(id));
  if (found != catalogue.systems.end()) return found->second;
  throw InputError(fmt::format("no system `{}` in the catalogue", id),
                   did_you_mean(id, ids_of(catalogue.systems), "`assay systems` lists them"));
}

const ClaimSet& find_set(const Catalogue& catalogue, std::string_view id) {
  const auto found = catalogue.sets.find(std::string(id));
  if (found != catalogue.sets.end()) return found->second;
  const auto ids = ids_of(catalogue.sets);
  const std::string list = fmt::format("sets are {}", fmt::join(ids, ", "));
  const std::string near = did_you_mean(id, ids);
  throw InputError(fmt::format("no set of claims `{}`", id),
                   near.empty() ? list : near + " " + list);
}

const Contest& find_contest(const Catalogue& catalogue, std::string_view id) {
  for (const Contest& contest : catalogue.contests) {
    if (contest.id == id) return contest;
  }
  throw InputError(fmt::format("no contest `{}`", id),
                   did_you_mean(id, ids_of(catalogue.contests)));
}

bool is_peak(const Claim& claim) {
  if (!claim.test || !claim.value || is_expression(claim.quantity)) return false;
  return claim.quantity.starts_with("peak.") || claim.quantity == "memory.bandwidth" ||
         claim.quantity.starts_with("link.bandwidth.");
}

const Share* find_share(const Catalogue& catalogue, const Claim& claim) {
  if (!is_peak(claim)) return nullptr;
  for (const Share& share : catalogue.shares) {
    if (share.system != claim.system || share.quantity != claim.quantity) continue;
    const ProblemPattern of_share(share.problem);
    for (const auto& [name, pattern] : claim.test->problems) {
      if (of_share.contains(ProblemPattern(pattern))) return &share;
    }
  }
  return nullptr;
}

std::string shown(const Property& property) {
  return property.text.empty() ? format_in(property.value, property.unit, 6) : property.text;
}

std::string conditions_text(const Claim& claim) {
  std::string text;
  for (const auto& [key, value] : claim.conditions) {
    if (key == "note") continue;
    const std::string label = key == "tpot" ? "TPOT" : key == "ttft" ? "TTFT" : key;
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", label, value);
  }
  const auto note = claim.conditions.find("note");
  if (note != claim.conditions.end()) text += (text.empty() ? "" : "; ") + note->second;
  return text;
}

const Property* System::figure(std::string_view quantity) const {
  const auto found = properties.find(std::string(quantity));
  return found == properties.end() ? nullptr : &found->second.front();
}

Comparison sense(const Claim& claim) {
  if (claim.comparison != Comparison::equal) return claim.comparison;
  const bool less =
      claim.value && (claim.value->reduction || less_is_better(claim.value->dimension));
  return less ? Comparison::at_most : Comparison::at_least;
}

}  // namespace assay::results::claims
