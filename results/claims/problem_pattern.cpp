#include "results/claims/problem_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "kernels/dtype.h"
#include "kernels/error.h"
#include "kernels/nearest.h"
#include "kernels/operation.h"
#include "results/claims/expression.h"
#include "results/claims/quantity_pattern.h"

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

namespace {

/// Whether a type of operands is of the family that a peak names: "f8e4m3" and "mxfp8e4m3" are f8.
bool is_of_family(std::string_view type, std::string_view family) {
  const auto begins = [](std::string_view text, std::string_view with) {
    const bool longer = text.size() > with.size();
    return text.starts_with(with) &&
           !(longer && text[with.size()] >= '0' && text[with.size()] <= '9');
  };
  if (begins(type, family)) return true;
  for (const std::string_view prefix : {"mxfp", "nvfp"}) {
    if (type.starts_with(prefix) && family.starts_with('f')) {
      return begins(type.substr(prefix.size()), family.substr(1));
    }
  }
  return false;
}

/// Whether some type of operands is of that family; "sparse" of "peak.sparse" is none.
bool is_family(std::string_view word) {
  return std::ranges::any_of(kernels::kDataTypes, [&](kernels::DataType type) {
    return is_of_family(kernels::name(type), word);
  });
}

}  // namespace

void check_type_of_peak(std::string_view quantity, const ProblemPattern& pattern) {
  if (quantity == "memory.bandwidth" &&
      kernels::find_operation(pattern.operation())->roof != kernels::Roof::memory) {
    throw InputError(fmt::format("{} is not limited by the memory, so it does not reach {}",
                                 pattern.operation(), quantity),
                     "write for example `copy`");
  }
  const std::vector<std::string> words = words_of(quantity);
  if (words.size() < 2 || words[0] != "peak" || !is_family(words[1])) return;
  bool typed = false;
  for (const char* field : {"a", "type", "b"}) {
    const auto found = pattern.fields().find(field);
    if (found == pattern.fields().end()) continue;
    typed |= std::string_view(field) != "b";
    if (is_of_family(found->second, words[1])) continue;
    throw InputError(
        fmt::format("a problem with {}={} does not reach {}, which is a peak of {}", field,
                    found->second, quantity, words[1]),
        fmt::format("write a {0} type for {1}; if the source says that both types have one peak, "
                    "add other_type = true to the test of the claim",
                    words[1], field));
  }
  if (typed) return;
  throw InputError(
      fmt::format("`{}` does not say which type it computes in, and {} is a peak of {}",
                  pattern.operation(), quantity, words[1]),
      fmt::format("write for example `matmul a={0} b={0}`", words[1]));
}

Dimension dimension(MeasuredQuantity quantity_kind) {
  switch (quantity_kind) {
    case MeasuredQuantity::flop:
      return parse_unit("FLOP/s").dimension;
    case MeasuredQuantity::byte:
      return parse_unit("B/s").dimension;
    case MeasuredQuantity::time:
      return parse_unit("s").dimension;
    case MeasuredQuantity::energy:
      return parse_unit("J").dimension;
    case MeasuredQuantity::flop_per_watt:
      return parse_unit("FLOP/s/W").dimension;
    case MeasuredQuantity::byte_per_watt:
      return parse_unit("B/s/W").dimension;
  }
  return {};
}

bool needs_energy(MeasuredQuantity quantity_kind) {
  return quantity_kind >= MeasuredQuantity::energy;
}

MeasuredName parse_measured_name(std::string_view name) {
  constexpr std::pair<std::string_view, MeasuredQuantity> kQuantities[] = {
      {"rate.flop(", MeasuredQuantity::flop},
      {"rate.byte(", MeasuredQuantity::byte},
      {"time(", MeasuredQuantity::time},
      {"energy(", MeasuredQuantity::energy},
      {"rate.flop.watt(", MeasuredQuantity::flop_per_watt},
      {"rate.byte.watt(", MeasuredQuantity::byte_per_watt}};
  for (const auto& [prefix, quantity_kind] : kQuantities) {
    if (name.starts_with(prefix) && name.ends_with(')')) {
      return {quantity_kind,
              std::string(name.substr(prefix.size(), name.size() - prefix.size() - 1))};
    }
  }
  throw InputError(fmt::format("`{}` cannot be measured", name),
                   "write rate.flop(x), rate.byte(x), time(x), energy(x), rate.flop.watt(x) or "
                   "rate.byte.watt(x)");
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
                     "use rate.flop(x), rate.byte(x), time(x), energy(x), rate.flop.watt(x) or "
                     "rate.byte.watt(x), whichever is claimed");
  }
}

}  // namespace assay::results::claims
