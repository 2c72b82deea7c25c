#include "results/claims/audit.h"

#include <fmt/format.h>

#include <cmath>

#include "results/claims/expression.h"
#include "results/claims/units.h"

namespace assay::results {
namespace {

struct Side {
  double value = 0;
  Dimension dimension;
  std::string shown;  ///< the expression with its figures as published
  std::string unit;   ///< as written, where the side is one figure
  bool one_figure = false;
};

Side evaluate(const Catalogue& catalogue, const Relation& relation, const std::string& text,
              std::vector<std::string>& unverified) {
  const Expression expression(text);
  std::vector<double> values;
  std::vector<Dimension> dimensions;
  Side side;
  for (const std::string& name : expression.names()) {
    const Property& figure = find_figure(catalogue, relation, name);
    values.push_back(figure.value);
    dimensions.push_back(parse_unit(figure.unit).dimension);
    if (figure.standing == Standing::unverified) unverified.push_back(name);
    side.unit = figure.unit;
  }
  side.value = expression.evaluate(values);
  side.dimension = expression.dimension(dimensions);
  side.one_figure = expression.names().size() == 1 && expression.names()[0] == text;
  side.shown = expression.substitute([&](const std::string& name) {
    const Property& figure = find_figure(catalogue, relation, name);
    return format_in(figure.value, figure.unit, 6);
  });
  return side;
}

/// A side's value, in the other side's unit where that is one published figure.
std::string show_value(const Side& side, const Side& other) {
  if (side.one_figure) return format_in(side.value, side.unit, 6);
  if (other.one_figure) return format_in(side.value, other.unit);
  return format_quantity(side.value, side.dimension);
}

std::string show_difference(double difference) {
  const std::string size = format_number(std::abs(difference) * 100, 2);
  if (std::abs(difference) < 0.0005) return "agree";
  if (difference > 0.95) return fmt::format("{} times as much", format_number(difference + 1, 2));
  return fmt::format("{}% {}", size, difference < 0 ? "below" : "above");
}

}  // namespace

std::vector<Finding> audit(const Catalogue& catalogue) {
  std::vector<Finding> findings;
  for (const Relation& relation : catalogue.relations) {
    Finding finding;
    const Side left = evaluate(catalogue, relation, relation.left, finding.unverified);
    const Side right = evaluate(catalogue, relation, relation.right, finding.unverified);
    finding.relation = relation.id;
    finding.statement = relation.statement;
    finding.claims = relation.claims;
    finding.left = left.value;
    finding.right = right.value;
    finding.difference = left.value / right.value - 1;
    const bool not_below = finding.difference >= -relation.tolerance;
    const bool not_above = finding.difference <= relation.tolerance;
    finding.holds = (relation.comparison == Comparison::at_most || not_below) &&
                    (relation.comparison == Comparison::at_least || not_above);
    const auto shown = [](const Side& side, const Side& other) {
      const std::string value = show_value(side, other);
      return side.one_figure || side.shown == value ? value
                                                    : fmt::format("{} = {}", side.shown, value);
    };
    finding.arithmetic = fmt::format("{} against {}{}: {}", shown(left, right),
                                     relation.comparison == Comparison::equal
                                         ? std::string()
                                         : fmt::format("{} ", name(relation.comparison)),
                                     shown(right, left), show_difference(finding.difference));
    if (!finding.holds) finding.reconcile = relation.reconcile;
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace assay::results
