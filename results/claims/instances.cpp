// Instances of relations and of claims that are stated in terms of other figures.
#include <fmt/format.h>

#include "kernels/error.h"
#include "results/claims/figure_choices.h"
#include "results/claims/quantity_kind.h"
#include "results/claims/rules.h"

namespace assay::results::claims {
namespace {

std::vector<Figure> resolve(const Figures& figures, const Expression& expression,
                            const std::map<std::string, Property>& constants) {
  std::vector<Figure> out;
  for (const std::string& name : expression.names()) {
    const auto constant = constants.find(name);
    if (constant != constants.end()) {
      out.push_back({name, &constant->second, {}});
    } else {
      out.push_back(figures.find(name));
    }
  }
  return out;
}

/// Whether the claim bounds a figure of its system: "more than 200 GB".
bool is_bound(const Claim& claim) {
  if (!claim.value || claim.system.empty() || is_expression(claim.quantity)) return false;
  const QuantityKind* kind = kind_of(claim.quantity);
  return claim.comparison != Comparison::equal && !claim.value->maximum && kind != nullptr &&
         !kind->of_workload && !claim.conditions.contains("direction") &&
         !claim.conditions.contains("sparsity");
}

}  // namespace

Instances::Instances(const Catalogue& catalogue, const Figures& figures) {
  for (const Relation& relation : catalogue.relations) add_relation(figures, relation);
  for (const Claim& claim : catalogue.claims) {
    if (claim.value && is_expression(claim.quantity)) add_claim(figures, claim);
    if (is_bound(claim)) add_bound(catalogue, claim);
  }
  for (const Rule& rule : catalogue.rules) {
    try {
      expand(catalogue, figures, rule);
    } catch (const InputError& error) {
      throw InputError(fmt::format("rule `{}`: {}", rule.id, error.what()), error.hint());
    }
  }
}

Instances::Instances(const Catalogue& catalogue, const Figures& figures, const Rule& rule) {
  expand(catalogue, figures, rule);
}

void check_rule(const Catalogue& catalogue, const Figures& figures, const Rule& rule) {
  Instances(catalogue, figures, rule);
}

const Expression& Instances::expression(const std::string& text) {
  const auto found = expressions_.find(text);
  return found != expressions_.end() ? found->second
                                     : expressions_.emplace(text, Expression(text)).first->second;
}

void Instances::add_relation(const Figures& figures, const Relation& relation) {
  Instance instance;
  instance.id = relation.id;
  instance.statement = relation.statement;
  instance.note = relation.note;
  instance.left = &expression(relation.left);
  instance.right = &expression(relation.right);
  instance.left_figures = resolve(figures, *instance.left, relation.constants);
  instance.right_figures = resolve(figures, *instance.right, relation.constants);
  instance.comparison = relation.comparison;
  instance.tolerance = relation.tolerance;
  instance.claims = relation.claims;
  instances_.push_back(std::move(instance));
}

void Instances::add_claim(const Figures& figures, const Claim& claim) {
  Instance instance;
  instance.id = "claim/" + claim.id;
  instance.statement = claim.statement;
  instance.left = &expression(claim.quantity);
  instance.right = &expression("claim:" + claim.id);
  instance.left_figures = resolve(figures, *instance.left, {});
  instance.right_figures = {{"claim:" + claim.id, &*claim.value, {claim.id}}};
  instance.comparison = claim.comparison;
  instance.tolerance = claim.tolerance;
  instance.claims = {claim.id};
  if (claim.value->maximum) {
    // "Up to" is the best of several cases: one case below it, or a better one later, contradicts
    // nothing.
    const bool below = value_of(*instance.left, instance.left_figures) <= claim.value->value;
    instance.comparison = below ? Comparison::at_most : Comparison::at_least;
  }
  instances_.push_back(std::move(instance));
}

/// The bound against every figure of that quantity: if one of them keeps it, the others are another
/// choice.
void Instances::add_bound(const Catalogue& catalogue, const Claim& claim) {
  const auto& properties = catalogue.systems.at(claim.system).properties;
  const auto found = properties.find(claim.quantity);
  if (found == properties.end()) return;
  const std::string name = claim.system + ":" + claim.quantity;
  std::size_t number = 0;
  for (const Property& figure : found->second) {
    if (figure.dimension != claim.value->dimension || figure.scope != claim.value->scope) continue;
    Instance instance;
    instance.group = "claim/" + claim.id;
    instance.id = ++number == 1 ? instance.group : fmt::format("{}~{}", instance.group, number);
    instance.statement = claim.statement;
    instance.left = &expression(name);
    instance.right = &expression("claim:" + claim.id);
    instance.left_figures = {{name, &figure, {}}};
    instance.right_figures = {{"claim:" + claim.id, &*claim.value, {claim.id}}};
    instance.comparison = claim.comparison;
    instance.tolerance = claim.tolerance;
    instance.claims = {claim.id};
    instances_.push_back(std::move(instance));
  }
}

}  // namespace assay::results::claims
