#include "results/claims/figure_choices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <ranges>
#include <set>

#include "kernels/error.h"

namespace assay::results::claims {
namespace {

/// If there are more combinations, at most one figure is not the preferred one.
constexpr double kMostCombinations = 64;

/// Whether the sides have one dimension; false if they are in different currencies, which are not
/// converted. Throws InputError for any other two dimensions.
bool are_comparable(const Instance& instance) {
  const auto dimension = [](const Expression& expression, const std::vector<Figure>& figures) {
    std::vector<Dimension> dimensions;
    for (const Figure& figure : figures) {
      dimensions.push_back(figure.property->dimension);
    }
    return expression.dimension(std::span<const Dimension>(dimensions));
  };
  const Dimension left = dimension(*instance.left, instance.left_figures);
  const Dimension right = dimension(*instance.right, instance.right_figures);
  if (left == right) return true;
  if (in_dollars(left) == in_dollars(right)) return false;
  throw InputError(fmt::format("left is in {}, right in {}", symbol(left), symbol(right)));
}

bool uses(const Instance& instance, const Property& property) {
  const auto is = [&](const Figure& figure) { return figure.property == &property; };
  return std::ranges::any_of(instance.left_figures, is) ||
         std::ranges::any_of(instance.right_figures, is);
}

/// Whether both sides are finite and not zero, so that they can be compared.
bool has_value(const Instance& instance) {
  const double left = value_of(*instance.left, instance.left_figures);
  const double right = value_of(*instance.right, instance.right_figures);
  return std::isfinite(left / right) && left != 0;
}

/// Whether each name is the same figure on both sides, and the left side is of one source if the
/// rule requires it.
bool is_consistent(const Instance& instance, bool one_source) {
  for (std::size_t r = 0; r < instance.right_figures.size(); ++r) {
    for (std::size_t l = 0; l < instance.left_figures.size(); ++l) {
      if (instance.right->names()[r] == instance.left->names()[l] &&
          instance.right_figures[r].property != instance.left_figures[l].property) {
        return false;
      }
    }
  }
  if (!one_source) return true;
  const auto published = [](const Figure& figure) {
    return figure.name.find(':') != std::string::npos;
  };
  const std::string* title = nullptr;
  for (const Figure& figure : instance.left_figures | std::views::filter(published)) {
    if (title != nullptr && *title != figure.property->source.title) return false;
    title = &figure.property->source.title;
  }
  return true;
}

/// All combinations that can be compared, the one of the preferred figures first.
std::vector<Instance> combinations(const Instance& shape, const FigureChoices& choices,
                                   bool one_source) {
  std::vector<Instance> out;
  double number = 1;
  for (const auto& alternatives : choices) number *= static_cast<double>(alternatives.size());
  if (number == 0) return out;
  const std::size_t lefts = shape.left->names().size();
  std::vector<std::size_t> picked(choices.size(), 0);
  const std::function<void(std::size_t, int)> pick = [&](std::size_t at, int others) {
    if (at == choices.size()) {
      Instance instance = shape;
      for (std::size_t i = 0; i < picked.size(); ++i) {
        (i < lefts ? instance.left_figures : instance.right_figures)
            .push_back(choices[i][picked[i]]);
      }
      if (is_consistent(instance, one_source) && has_value(instance) && are_comparable(instance)) {
        out.push_back(std::move(instance));
      }
      return;
    }
    for (std::size_t i = 0; i < choices[at].size(); ++i) {
      if (i > 0 && others > 0 && number > kMostCombinations) break;
      picked[at] = i;
      pick(at + 1, others + (i > 0 ? 1 : 0));
    }
    picked[at] = 0;
  };
  pick(0, 0);
  return out;
}

}  // namespace

double value_of(const Expression& expression, const std::vector<Figure>& figures) {
  std::vector<double> values;
  for (const Figure& figure : figures) values.push_back(figure.property->value);
  return expression.number(values);
}

std::vector<Figure> distinct_values(const std::vector<Figure>& figures) {
  std::vector<Figure> out;
  for (const Figure& figure : figures) {
    const auto same = std::ranges::find_if(out, [&](const Figure& other) {
      return other.property->dimension == figure.property->dimension &&
             std::abs(other.property->value / figure.property->value - 1) < 1e-9;
    });
    if (same == out.end()) {
      out.push_back(figure);
    } else {
      same->claims.insert(same->claims.end(), figure.claims.begin(), figure.claims.end());
      // The best of the sources that agree is the one that counts.
      if (figure.property->standing < same->property->standing) same->property = figure.property;
    }
  }
  return out;
}

std::vector<Instance> chosen_instances(const Instance& shape, const FigureChoices& choices,
                                       bool one_source) {
  std::vector<Instance> all = combinations(shape, choices, one_source);
  if (all.empty()) return all;
  std::set<std::size_t> kept = {0};
  for (const std::vector<Figure>& alternatives : choices) {
    for (const Figure& figure : alternatives | std::views::drop(1)) {
      std::optional<std::size_t> best;
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (!uses(all[i], *figure.property)) continue;
        if (!best || std::abs(gap_of(all[i])) < std::abs(gap_of(all[*best]))) best = i;
      }
      if (best) kept.insert(*best);
    }
  }
  std::vector<Instance> out;
  for (const std::size_t index : kept) out.push_back(std::move(all[index]));
  return out;
}

}  // namespace assay::results::claims
