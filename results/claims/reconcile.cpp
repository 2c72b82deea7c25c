// Finds changes or misreadings of figures that would remove a contradiction.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <ranges>

#include "results/claims/audit.h"
#include "results/page/quantity_text.h"

namespace assay::results::claims {
namespace {

/// left / right of a contradiction after one of its figures is multiplied by a factor.
double scaled_ratio(const Instance& instance, const Property* figure, double factor) {
  double sides[2];
  for (const int side : {0, 1}) {
    std::vector<double> values;
    for (const Figure& each : side == 0 ? instance.left_figures : instance.right_figures) {
      values.push_back(each.property->value * (each.property == figure ? factor : 1));
    }
    sides[side] =
        (side == 0 ? instance.left : instance.right)->evaluate(std::span<const double>(values));
  }
  return sides[0] / sides[1];
}

/// The factor for a figure that makes both sides equal, by bisection of its logarithm, since both
/// sides are monotonic in a figure. Absent if it is above a million or below a millionth.
std::optional<double> needed_factor(const Instance& instance, const Property* figure) {
  double low = std::log(1e-6), high = std::log(1e6);
  const auto excess = [&](double logarithm) {
    return std::log(scaled_ratio(instance, figure, std::exp(logarithm)));
  };
  const double at_low = excess(low), at_high = excess(high);
  if (!(at_low * at_high < 0)) return std::nullopt;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (excess(middle) * at_low > 0 ? low : high) = middle;
  }
  return std::exp((low + high) / 2);
}

/// Sources of a value of the same quantity that equals the needed one within its own rounding.
std::string published_by(const Figures& figures, const Figure& figure, double needed) {
  const std::size_t colon = figure.name.find(':');
  if (colon == std::string::npos) return {};
  const std::string owner = figure.name.substr(0, colon);
  std::string out;
  for (const Figure& other : figures.of(owner, figure.name.substr(colon + 1))) {
    const Property& property = *other.property;
    if (&property == figure.property) continue;
    const double slack = 0.005 * std::abs(property.value);
    if (needed < property.range.lower - slack || needed > property.range.upper + slack) continue;
    out += fmt::format("{}{} by {}", out.empty() ? "" : ", ",
                       format_in(property.value, property.unit, 6), property.source.title);
  }
  return out;
}

void add_needed(const Figures& figures, const Instance& instance, Finding& finding) {
  for (const auto* side : {&instance.left_figures, &instance.right_figures}) {
    for (const Figure& figure : *side) {
      const Property& property = *figure.property;
      const bool published = figure.name.find(':') != std::string::npos;
      const bool exact = property.range.lower == property.range.upper;
      // Definitions and counts are not in doubt.
      if (!published || (exact && property.unit.empty())) continue;
      if (std::ranges::find(finding.needed, figure.name, &Needed::figure) != finding.needed.end()) {
        continue;
      }
      const auto factor = needed_factor(instance, &property);
      if (!factor) continue;
      finding.needed.push_back({figure.name, property.value * *factor, *factor - 1, property.unit,
                                published_by(figures, figure, property.value * *factor)});
    }
  }
  std::ranges::stable_sort(finding.needed, [](const Needed& a, const Needed& b) {
    return std::abs(std::log1p(a.change)) < std::abs(std::log1p(b.change));
  });
}

bool overlap(const statistics::Interval& a, const statistics::Interval& b) {
  return a.lower <= b.upper && b.lower <= a.upper;
}

void add_readings(const Catalogue& catalogue, const Instance& instance, Finding& finding) {
  const statistics::Interval& left = finding.left_range;
  const statistics::Interval& right = finding.right_range;
  if (!(left.lower > 0 && right.lower > 0)) return;
  // The ratio is known as precisely as the digits allow; half a percent is added on each side.
  const statistics::Interval ratio{left.lower / right.upper * 0.995,
                                   left.upper / right.lower * 1.005};
  const statistics::Interval inverse{1 / ratio.upper, 1 / ratio.lower};
  std::vector<Dimension> dimensions;
  for (const Figure& figure : instance.left_figures) {
    dimensions.push_back(figure.property->dimension);
  }
  const Dimension sides = instance.left->dimension(std::span<const Dimension>(dimensions));
  for (const Reading& reading : catalogue.readings) {
    if (reading.dimension && *reading.dimension != sides) continue;
    const statistics::Interval expected =
        reading.factor ? statistics::Interval{*reading.factor, *reading.factor} : *reading.between;
    if (overlap(ratio, expected) || overlap(inverse, expected)) {
      finding.readings.push_back(reading.statement);
    }
  }
}

std::string needed_text(const Needed& needed) {
  std::string text =
      fmt::format("{} of {} ({})", needed.figure, format_in(needed.value, needed.unit),
                  page::change_text(needed.change));
  if (!needed.published.empty()) text += fmt::format(", and {} is published", needed.published);
  return text;
}

}  // namespace

void reconcile(const Catalogue& catalogue, const Figures& figures, const Instance& instance,
               Finding& finding) {
  add_readings(catalogue, instance, finding);
  // If both sides are figures of one quantity, the needed value of each is simply the other.
  const bool pair = instance.left->is_name() && instance.right->is_name() &&
                    instance.left_figures[0].name == instance.right_figures[0].name;
  if (!pair) add_needed(figures, instance, finding);
  finding.note = instance.note;
  std::vector<std::string> parts;
  for (const Needed& needed : finding.needed | std::views::take(3)) {
    parts.push_back(needed_text(needed));
  }
  std::string text = fmt::format("{}", fmt::join(parts, "; or "));
  const auto append = [&](const std::string& more) {
    if (!more.empty()) text += (text.empty() ? "" : ". ") + more;
  };
  if (!finding.readings.empty()) {
    append(fmt::format("Perhaps {}", fmt::join(finding.readings, ", or ")));
  }
  append(finding.note);
  finding.reconcile =
      text.empty() ? "no change of a single figure removes the contradiction" : text;
}

}  // namespace assay::results::claims
