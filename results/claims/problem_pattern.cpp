#include "results/claims/problem_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "kernels/error.h"
#include "kernels/nearest.h"
#include "kernels/operation.h"
#include "results/claims/expression.h"

namespace assay::results::claims {

ProblemPattern::ProblemPattern(std::string_view text) {
  std::istringstream words{std::string(text)};
  words >> operation_;
  const kernels::Operation* operation = kernels::find_operation(operation_);
  if (operation == nullptr) {
    std::vector<std::string> names;
    for (const kernels::Operation* known : kernels::operations()) names.emplace_back(known->name);
    throw InputError(
        fmt::format("no operation `{}`", operation_),
        did_you_mean(operation_, names, fmt::format("operations are {}", fmt::join(names, ", "))));
  }
  std::vector<std::string> fields;
  for (const kernels::Field& field : operation->fields) fields.emplace_back(field.name);
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    const std::string field = word.substr(0, equals);
    if (equals == std::string::npos ||
        std::find(fields.begin(), fields.end(), field) == fields.end()) {
      throw InputError(
          fmt::format("{} has no field `{}`", operation_, field),
          did_you_mean(field, fields, fmt::format("its fields are {}", fmt::join(fields, ", "))));
    }
    fields_[field] = word.substr(equals + 1);
  }
}

bool ProblemPattern::contains(const ProblemPattern& other) const {
  return operation_ == other.operation_ && std::ranges::all_of(fields_, [&](const auto& field) {
           const auto same = other.fields_.find(field.first);
           return same != other.fields_.end() && same->second == field.second;
         });
}

bool ProblemPattern::matches(const kernels::Problem& problem) const {
  if (problem.operation().name != operation_) return false;
  return std::all_of(fields_.begin(), fields_.end(), [&](const auto& field) {
    return problem.field_text(field.first) == field.second;
  });
}

bool ProblemPattern::matches(const std::string& operation, const std::string& problem) const {
  if (operation != operation_) return false;
  try {
    return matches(kernels::Problem::parse(problem));
  } catch (const InputError&) {
    return false;
  }
}

Dimension dimension(MeasuredQuantity quantity_kind) {
  switch (quantity_kind) {
    case MeasuredQuantity::flop:
      return parse_unit("FLOP/s").dimension;
    case MeasuredQuantity::byte:
      return parse_unit("B/s").dimension;
    case MeasuredQuantity::time:
      return parse_unit("s").dimension;
  }
  return {};
}

MeasuredName parse_measured_name(std::string_view name) {
  constexpr std::pair<std::string_view, MeasuredQuantity> kQuantities[] = {
      {"rate.flop(", MeasuredQuantity::flop},
      {"rate.byte(", MeasuredQuantity::byte},
      {"time(", MeasuredQuantity::time}};
  for (const auto& [prefix, quantity_kind] : kQuantities) {
    if (name.starts_with(prefix) && name.ends_with(')')) {
      return {quantity_kind,
              std::string(name.substr(prefix.size(), name.size() - prefix.size() - 1))};
    }
  }
  throw InputError(fmt::format("`{}` cannot be measured", name),
                   "write rate.flop(x), rate.byte(x) or time(x)");
}

void check_test(const Test& test, const Dimension& claimed) {
  std::vector<std::string> known;
  for (const auto& [name, pattern] : test.problems) known.push_back(name);
  const Expression quantity(test.quantity);
  std::vector<Dimension> dimensions;
  for (const std::string& name : quantity.names()) {
    const auto [quantity_kind, problem] = parse_measured_name(name);
    dimensions.push_back(dimension(quantity_kind));
    if (!test.problems.contains(problem)) {
      throw InputError(fmt::format("the test has no problem `{}`", problem),
                       did_you_mean(problem, known));
    }
  }
  const Dimension tested = quantity.dimension(std::span<const Dimension>(dimensions));
  if (tested != claimed) {
    throw InputError(fmt::format("`{}` is in {}, the claim's value in {}", test.quantity,
                                 symbol(tested), symbol(claimed)),
                     "use rate.flop(x), rate.byte(x) or time(x), whichever is claimed");
  }
}

}  // namespace assay::results::claims
