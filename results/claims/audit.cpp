#include "results/claims/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ranges>
#include <set>

#include "results/claims/rules.h"
#include "results/page/quantity_text.h"

namespace assay::results::claims {
namespace {

struct RuleSide {
  double value = 0;
  statistics::Interval range;
  std::string shown;  ///< the expression with its figures as published
  std::string unit;   ///< of the figure, where the side is one
  bool one_figure = false;
  Dimension dimension;
};

RuleSide evaluate_side(const Expression& expression, const std::vector<Figure>& figures) {
  std::vector<double> values;
  std::vector<statistics::Interval> ranges;
  std::vector<Dimension> dimensions;
  for (const Figure& figure : figures) {
    values.push_back(figure.property->value);
    ranges.push_back(figure.property->range);
    dimensions.push_back(figure.property->dimension);
  }
  RuleSide side;
  side.value = expression.evaluate(std::span<const double>(values));
  side.range = expression.evaluate(std::span<const statistics::Interval>(ranges));
  side.dimension = expression.dimension(std::span<const Dimension>(dimensions));
  side.one_figure = expression.is_name();
  if (side.one_figure) side.unit = figures[0].property->unit;
  std::size_t at = 0;
  std::map<std::string, std::string> shown;
  for (const std::string& name : expression.names()) {
    const Property& figure = *figures[at++].property;
    shown[name] = claims::shown(figure);
  }
  side.shown = expression.substitute([&](const std::string& name) { return shown.at(name); });
  return side;
}

/// The value of a side. If the other side is a single published figure, its unit is used.
std::string show_value(const RuleSide& side, const RuleSide& other) {
  if (side.one_figure) return format_in(side.value, side.unit, 6);
  if (other.one_figure) return format_in(side.value, other.unit);
  return format_quantity(side.value, side.dimension);
}

std::string show_side(const RuleSide& side, const RuleSide& other) {
  if (side.one_figure) return side.shown;
  const std::string value = show_value(side, other);
  return side.one_figure || side.shown == value ? value : fmt::format("{} = {}", side.shown, value);
}

std::string show_difference(const Finding& finding, Comparison comparison) {
  const double difference = finding.difference;
  const std::string size = page::number_text(std::abs(difference) * 100, 2);
  if (std::abs(difference) < 0.0005) return "agree";
  if (difference > 0.95)
    return fmt::format("{} times as much", page::number_text(difference + 1, 2));
  const std::string_view side = difference < 0 ? "below" : "above";
  const bool rounding = comparison == Comparison::equal && finding.holds;
  return fmt::format("{}% {}{}", size, side, rounding ? ", within rounding" : "");
}

/// The smallest relative distance between a value of `a` and a value of `b`.
double gap(const statistics::Interval& a, const statistics::Interval& b) {
  if (a.upper < b.lower) return a.upper / b.lower - 1;
  if (a.lower > b.upper) return a.lower / b.upper - 1;
  return 0;
}

statistics::Interval widened(const statistics::Interval& range, double tolerance) {
  const double reach = tolerance * std::max(std::abs(range.lower), std::abs(range.upper));
  return {range.lower - reach, range.upper + reach};
}

void name_figures(const Instance& instance, Finding& finding) {
  const std::set<std::string> stated(instance.claims.begin(), instance.claims.end());
  std::set<std::string> systems, claims = stated, against = stated, unverified;
  for (const auto* figures : {&instance.left_figures, &instance.right_figures}) {
    for (const Figure& figure : *figures) {
      const Property& property = *figure.property;
      const std::string owner = figure.name.substr(0, figure.name.find(':'));
      if (owner != figure.name && owner != "claim") systems.insert(owner);
      claims.insert(figure.claims.begin(), figure.claims.end());
      const bool counts = property.unit.empty() && property.range.lower == property.range.upper;
      if (stated.empty() && !counts) against.insert(figure.claims.begin(), figure.claims.end());
      if (property.standing == Standing::unverified) unverified.insert(figure.name);
      finding.figures.push_back(
          {figure.name, shown(property), property.standing, property.source, figure.claims});
    }
  }
  finding.systems.assign(systems.begin(), systems.end());
  finding.claims.assign(claims.begin(), claims.end());
  if (!instance.tentative) finding.against.assign(against.begin(), against.end());
  finding.unverified.assign(unverified.begin(), unverified.end());
}

}  // namespace

double gap_of(const Instance& instance) {
  const auto range = [](const Expression& expression, const std::vector<Figure>& figures) {
    std::vector<statistics::Interval> ranges;
    for (const Figure& figure : figures) ranges.push_back(figure.property->range);
    return expression.evaluate(std::span<const statistics::Interval>(ranges));
  };
  const double found =
      gap(range(*instance.left, instance.left_figures),
          widened(range(*instance.right, instance.right_figures), instance.tolerance));
  const bool met = (instance.comparison == Comparison::at_least && found > 0) ||
                   (instance.comparison == Comparison::at_most && found < 0);
  return met ? 0 : found;
}

double severity(double gap) {
  return std::abs(std::log1p(gap));
}

Finding evaluate(const Instance& instance) {
  const RuleSide left = evaluate_side(*instance.left, instance.left_figures);
  const RuleSide right = evaluate_side(*instance.right, instance.right_figures);
  Finding finding;
  finding.relation = instance.id;
  finding.group = instance.group.empty() ? instance.id : instance.group;
  finding.statement = instance.statement;
  finding.left = left.value;
  finding.right = right.value;
  finding.left_range = left.range;
  finding.right_range = right.range;
  finding.difference = left.value / right.value - 1;
  finding.gap = gap_of(instance);
  finding.holds = finding.gap == 0;
  const std::string comparison = instance.comparison == Comparison::equal
                                     ? std::string()
                                     : fmt::format("{} ", name(instance.comparison));
  finding.arithmetic =
      fmt::format("{} versus {}{}: {}", show_side(left, right), comparison, show_side(right, left),
                  show_difference(finding, instance.comparison));
  name_figures(instance, finding);
  return finding;
}

std::vector<Finding> audit(const Catalogue& catalogue) {
  const Figures figures(catalogue);
  const Instances instances(catalogue, figures);
  std::vector<Finding> findings;
  findings.reserve(instances.all().size());
  for (const Instance& instance : instances.all()) {
    Finding& finding = findings.emplace_back(evaluate(instance));
    if (!finding.holds) reconcile(catalogue, figures, instance, finding);
  }
  return findings;
}

namespace {

/// The systems that the first claims of a set are about, with their parts.
std::set<std::string> own_systems(const Catalogue& catalogue, const ClaimSet& set) {
  std::set<std::string> out;
  for (const std::string& id : set.first) {
    const std::string& system = find_claim(catalogue, id).system;
    if (system.empty()) continue;
    out.insert(system);
    for (const auto& [part, count] : all_parts(catalogue, find_system(catalogue, system))) {
      out.insert(part->id);
    }
  }
  return out;
}

bool any_in(const std::vector<std::string>& ids, const std::set<std::string>& wanted) {
  return std::ranges::any_of(ids, [&](const std::string& id) { return wanted.contains(id); });
}

}  // namespace

SetFindings findings_of_set(const Catalogue& catalogue, std::string_view set,
                            const std::vector<Finding>& findings) {
  const std::set<std::string> own = own_systems(catalogue, find_set(catalogue, set));
  std::set<std::string> claims, own_claims, systems, files;
  for (const Claim& claim : catalogue.claims) {
    if (std::ranges::find(claim.sets, set) == claim.sets.end()) continue;
    claims.insert(claim.id);
    files.insert(claim.file);
    if (!claim.system.empty()) systems.insert(claim.system);
    if (claim.system.empty() || own.contains(claim.system)) own_claims.insert(claim.id);
  }
  for (const auto& [id, system] : catalogue.systems) {
    if (files.contains(system.file)) systems.insert(id);
  }
  SetFindings out;
  for (const Finding& finding : findings) {
    if (!any_in(finding.claims, claims) && !any_in(finding.systems, systems)) continue;
    const bool is_own = own.empty() || any_in(finding.systems, own) ||
                        (finding.systems.empty() && any_in(finding.claims, own_claims));
    (is_own ? out.own : out.others).push_back(finding);
  }
  return out;
}

void check_relation(const Figures& figures, const Relation& relation) {
  Dimension sides[2];
  for (const int side : {0, 1}) {
    const Expression expression(side == 0 ? relation.left : relation.right);
    std::vector<Dimension> dimensions;
    std::vector<double> values;
    for (const std::string& name : expression.names()) {
      const auto constant = relation.constants.find(name);
      const Property& figure =
          constant != relation.constants.end() ? constant->second : *figures.find(name).property;
      dimensions.push_back(figure.dimension);
      values.push_back(figure.value);
    }
    sides[side] = expression.dimension(std::span<const Dimension>(dimensions));
    if (expression.evaluate(std::span<const double>(values)) == 0) {
      throw InputError(fmt::format("`{}` is zero", expression.text()));
    }
  }
  if (sides[0] != sides[1]) {
    throw InputError(fmt::format("left is in {}, right in {}", symbol(sides[0]), symbol(sides[1])));
  }
}

}  // namespace assay::results::claims
