// Finds changes or misreadings of figures that would remove a contradiction.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <ranges>
#include <set>

#include "results/claims/audit.h"
#include "results/claims/quantity_pattern.h"
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

/// The quantities of the figures that a contradiction compares. A claim has its own, or those of
/// its expression.
std::set<std::string> quantities_of(const Catalogue& catalogue, const Instance& instance) {
  std::set<std::string> out;
  const auto add = [&](const std::string& name) {
    if (const std::size_t colon = name.find(':'); colon != std::string::npos) {
      out.insert(name.substr(colon + 1, name.find('@') - colon - 1));
    }
  };
  for (const auto* side : {&instance.left_figures, &instance.right_figures}) {
    for (const Figure& figure : *side) {
      if (!figure.name.starts_with("claim:")) {
        add(figure.name);
        continue;
      }
      const std::string& quantity = find_claim(catalogue, figure.name.substr(6)).quantity;
      if (!is_expression(quantity)) out.insert(quantity);
    }
  }
  return out;
}

bool is_or_has(const Catalogue& catalogue, const System& system, const std::string& kind) {
  return system.kind == kind || std::ranges::any_of(all_parts(catalogue, system), [&](auto& part) {
           return part.first->kind == kind;
         });
}

/// Whether there are readings for this rule alone; they then take the place of the general ones.
bool has_own_readings(const Catalogue& catalogue, const std::string& rule) {
  return std::ranges::any_of(catalogue.readings, [&](const Reading& reading) {
    return std::ranges::find(reading.rules, rule) != reading.rules.end();
  });
}

/// Whether a reading is about such figures of such systems.
bool is_about(const Catalogue& catalogue, const Reading& reading, const Instance& instance,
              const Finding& finding) {
  const auto lists = [](const std::vector<std::string>& values, const std::string& value) {
    return values.empty() || std::ranges::find(values, value) != values.end();
  };
  const std::string rule = finding.relation.substr(0, finding.relation.find('/'));
  if (!lists(reading.rules, rule)) return false;
  if (reading.rules.empty() && has_own_readings(catalogue, rule)) return false;
  const auto quantities = quantities_of(catalogue, instance);
  if (!reading.quantities.empty() &&
      std::ranges::none_of(quantities, [&](const std::string& quantity) {
        return fits(reading.quantities, quantity);
      })) {
    return false;
  }
  bool has_part = reading.part_kind.empty();
  for (const std::string& id : finding.systems) {
    const auto found = catalogue.systems.find(id);
    if (found == catalogue.systems.end()) continue;  // a workload
    if (!lists(reading.kinds, found->second.kind)) return false;
    has_part = has_part || is_or_has(catalogue, found->second, reading.part_kind);
  }
  return has_part;
}

/// A reading that fits, and how closely: a factor by its distance from the ratio, a range of
/// factors by its width, since a range that fits nearly everything explains little.
struct Fit {
  double distance = 0;
  const Reading* reading = nullptr;
};

std::optional<Fit> fit_of(const Reading& reading, const statistics::Interval& ratio) {
  const statistics::Interval inverse{1 / ratio.upper, 1 / ratio.lower};
  const statistics::Interval expected =
      reading.factor ? statistics::Interval{*reading.factor, *reading.factor} : *reading.between;
  if (!overlap(ratio, expected) && !overlap(inverse, expected)) return std::nullopt;
  if (!reading.factor) return Fit{std::log(expected.upper / expected.lower), &reading};
  const double size = std::abs(std::log(std::sqrt(ratio.lower * ratio.upper)));
  return Fit{std::abs(size - std::abs(std::log(*reading.factor))), &reading};
}

void add_readings(const Catalogue& catalogue, const Instance& instance, Finding& finding) {
  constexpr std::size_t kMostReadings = 3;
  const statistics::Interval& left = finding.left_range;
  const statistics::Interval& right = finding.right_range;
  if (!(left.lower > 0 && right.lower > 0)) return;
  // The ratio is known as precisely as the digits allow; half a percent is added on each side.
  const statistics::Interval ratio{left.lower / right.upper * 0.995,
                                   left.upper / right.lower * 1.005};
  std::vector<Dimension> dimensions;
  for (const Figure& figure : instance.left_figures) {
    dimensions.push_back(figure.property->dimension);
  }
  const Dimension sides = instance.left->dimension(std::span<const Dimension>(dimensions));
  std::vector<Fit> fits;
  for (const Reading& reading : catalogue.readings) {
    if (reading.dimension && *reading.dimension != sides) continue;
    if (!is_about(catalogue, reading, instance, finding)) continue;
    if (const auto fit = fit_of(reading, ratio)) fits.push_back(*fit);
  }
  std::ranges::stable_sort(fits, {}, &Fit::distance);
  for (const Fit& fit : fits | std::views::take(kMostReadings)) {
    finding.readings.push_back(fit.reading->statement);
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
