#include "results/claims/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <ranges>

#include "kernels/error.h"
#include "kernels/nearest.h"

namespace assay::results::claims {
namespace {

std::vector<std::string> keys(const auto& map) {
  std::vector<std::string> out;
  for (const auto& entry : map) out.push_back(entry.first);
  return out;
}

bool same_value(const Property& a, const Property& b) {
  const auto same = [](double x, double y) { return std::abs(x - y) <= 1e-9 * std::abs(x); };
  return a.dimension == b.dimension && same(a.value, b.value) &&
         same(a.range.lower, b.range.lower) && same(a.range.upper, b.range.upper);
}

/// Whether a claim's value is a figure of its system: "up to" and bounds are none.
bool is_figure(const Claim& claim) {
  if (!claim.value || claim.system.empty() || is_expression(claim.quantity)) return false;
  return claim.untestable.empty() && !claim.value->maximum && claim.comparison == Comparison::equal;
}

/// Whether it means another thing than the figures of the same name: see Figure::particular.
bool is_particular(const Claim& claim, const std::map<std::string, System>& systems) {
  if (!claim.derived.empty()) return true;
  if (claim.conditions.contains("direction") || claim.conditions.contains("sparsity")) return true;
  const std::string& scope = claim.value->scope;
  const auto system = systems.find(claim.system);
  return !scope.empty() && scope != "system" && system != systems.end() &&
         scope != system->second.kind;
}

}  // namespace

bool is_expression(std::string_view quantity) {
  return quantity.find(':') != std::string_view::npos;
}

Figures::Figures(const Catalogue& catalogue) : catalogue_(catalogue) {
  for (const auto* group : {&catalogue.systems, &catalogue.workloads}) {
    for (const auto& [id, system] : *group) {
      for (const auto& [quantity, properties] : system.properties) {
        auto& figures = by_owner_[id][quantity];
        for (const Property& property : properties) {
          figures.push_back({id + ":" + quantity, &property, {}});
        }
      }
    }
  }
  for (const Claim& claim : catalogue.claims) {
    claims_.emplace(claim.id, &claim);
    if (!is_figure(claim)) continue;
    auto& figures = by_owner_[claim.system][claim.quantity];
    const std::string name = claim.system + ":" + claim.quantity;
    if (is_particular(claim, catalogue.systems)) {
      figures.push_back({name, &*claim.value, {claim.id}, true});
      continue;
    }
    const auto same = std::ranges::find_if(figures, [&](const Figure& figure) {
      return !figure.particular && same_value(*figure.property, *claim.value);
    });
    if (same != figures.end()) {
      same->claims.push_back(claim.id);
      if (claim.value->standing < same->property->standing) same->property = &*claim.value;
    } else {
      figures.push_back({name, &*claim.value, {claim.id}, false});
    }
  }
  // The preferred figure comes first, and one that stands for itself never is.
  for (auto& [owner, quantities] : by_owner_) {
    for (auto& [quantity, figures] : quantities) {
      std::ranges::stable_partition(figures,
                                    [](const Figure& figure) { return !figure.particular; });
    }
  }
}

const std::map<std::string, std::vector<Figure>>& Figures::quantities(
    const std::string& owner) const {
  static const std::map<std::string, std::vector<Figure>> none;
  const auto found = by_owner_.find(owner);
  return found == by_owner_.end() ? none : found->second;
}

const std::vector<Figure>& Figures::of(const std::string& owner,
                                       const std::string& quantity) const {
  static const std::vector<Figure> none;
  const auto& all = quantities(owner);
  const auto found = all.find(quantity);
  return found == all.end() ? none : found->second;
}

Figure Figures::find(std::string_view name) const {
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) {
    throw InputError(fmt::format("`{}` is not the name of a figure", name),
                     "figures are written system:property or claim:id");
  }
  const std::string owner(name.substr(0, colon));
  std::string quantity(name.substr(colon + 1));
  if (owner == "claim") {
    const auto found = claims_.find(quantity);
    if (found == claims_.end())
      find_claim(catalogue_, quantity);  // throws with the most similar id
    if (!found->second->value) throw InputError(fmt::format("claim `{}` has no value", quantity));
    return {std::string(name), &*found->second->value, {quantity}};
  }
  if (!catalogue_.workloads.contains(owner)) find_system(catalogue_, owner);
  std::string source;
  if (const std::size_t at = quantity.find('@'); at != std::string::npos) {
    source = quantity.substr(at + 1);
    quantity.resize(at);
  }
  const auto& figures = of(owner, quantity);
  const auto found = std::ranges::find_if(figures, [&](const Figure& figure) {
    return source.empty() || figure.property->source_key == source;
  });
  if (found != figures.end()) return *found;
  if (!figures.empty()) {
    std::vector<std::string> sources;
    for (const Figure& figure : figures) sources.push_back(figure.property->source_key);
    throw InputError(fmt::format("no `{}` of {} from `{}`", quantity, owner, source),
                     fmt::format("sources are {}", fmt::join(sources, ", ")));
  }
  const auto names = keys(quantities(owner));
  throw InputError(fmt::format("`{}` has no `{}`", owner, quantity),
                   did_you_mean(quantity, names, fmt::format("it has {}", fmt::join(names, ", "))));
}

std::vector<std::pair<const System*, double>> all_parts(const Catalogue& catalogue,
                                                        const System& whole) {
  std::vector<std::pair<const System*, double>> out;
  std::vector<std::string> path;
  // A system on several paths is visited once for each of them.
  constexpr std::size_t kMostLevels = 32, kMostVisits = 20000;
  std::size_t visits = 0;
  const std::function<void(const System&, double)> walk = [&](const System& system, double count) {
    if (std::ranges::find(path, system.id) != path.end()) {
      throw InputError(fmt::format("`{}` is part of itself: {}", system.id, fmt::join(path, " > ")),
                       "correct the parts of one of them");
    }
    if (path.size() >= kMostLevels) {
      throw InputError(fmt::format("parts are nested more than {} levels deep", kMostLevels),
                       "leave out the parts of one of them");
    }
    if (++visits > kMostVisits) {
      throw InputError(fmt::format("there are more than {} parts on all levels", kMostVisits),
                       "leave out the parts of one of them");
    }
    path.push_back(system.id);
    for (const auto& [id, number] : system.parts) {
      const System& part = find_system(catalogue, id);
      const double total = count * number;
      const auto known = std::ranges::find(out, &part, &std::pair<const System*, double>::first);
      if (known != out.end()) {
        known->second += total;
      } else {
        out.emplace_back(&part, total);
      }
      walk(part, total);
    }
    path.pop_back();
  };
  walk(whole, 1);
  return out;
}

}  // namespace assay::results::claims
