#include "kernels/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <stdexcept>

#include "kernels/error.h"
#include "kernels/nearest.h"
#include "kernels/operation.h"

namespace assay::kernels {

namespace {

template <typename Range, typename Name>
std::vector<std::string> names_of(const Range& range, Name name) {
  std::vector<std::string> names;
  for (const auto& item : range) names.emplace_back(name(item));
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

std::vector<std::string> field_names(const Operation& operation) {
  return names_of(operation.fields, [](const Field& field) { return field.name; });
}

/// "field k", "fields m, n".
std::string counted_fields(const std::vector<std::string>& names) {
  return fmt::format("{} {}", names.size() == 1 ? "field" : "fields", joined(names));
}

void require_known_fields(const Operation& operation,
                          const std::map<std::string, std::string>& fields) {
  const std::vector<std::string> names = field_names(operation);
  std::vector<std::string> unknown, meant;
  for (const auto& [name, text] : fields) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    unknown.push_back(name);
    if (const std::string near = nearest(name, names); !near.empty()) {
      meant.push_back(fmt::format("`{}`", near));
    }
  }
  if (unknown.empty()) return;
  const std::string list = fmt::format("the fields of {} are {}", operation.name, joined(names));
  throw InputError(fmt::format("{}: {} has no such field{}", counted_fields(unknown),
                               operation.name, unknown.size() == 1 ? "" : "s"),
                   meant.size() == unknown.size()
                       ? fmt::format("did you mean {}?", fmt::join(meant, ", "))
                       : list);
}

void require_given_fields(const Operation& operation,
                          const std::map<std::string, std::string>& fields) {
  std::vector<std::string> missing, additions;
  for (const Field& field : operation.fields) {
    if (!field.required() || fields.contains(std::string(field.name))) continue;
    missing.emplace_back(field.name);
    additions.push_back(fmt::format("{}=…: {}", field.name, field.meaning));
    if (!field.choices.empty()) {
      additions.back() += fmt::format(", one of {}", fmt::join(field.choices, ", "));
    }
  }
  if (missing.empty()) return;
  throw InputError(fmt::format("{}: {} needs {}", counted_fields(missing), operation.name,
                               missing.size() == 1 ? "it" : "them"),
                   fmt::format("add {}", fmt::join(additions, "; ")));
}

template <typename Integer>
std::optional<Integer> whole_number(std::string_view text) {
  Integer number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

[[noreturn]] void reject(const Field& field, std::string_view text, const std::string& hint) {
  const std::string shown = text.empty() ? "an empty value" : fmt::format("`{}`", text);
  throw InputError(
      fmt::format("field {}: {} cannot be used ({})", field.name, shown, field.meaning), hint);
}

[[noreturn]] void reject_choice(const Field& field, std::string_view text) {
  const auto names = names_of(field.choices, [](std::string_view choice) { return choice; });
  const std::string near = nearest(text, names);
  reject(field, text,
         fmt::format("{}it may be {}", near.empty() ? "" : "did you mean `" + near + "`? ",
                     joined(names)));
}

bool is_among(const std::vector<std::string_view>& choices, std::string_view text) {
  return std::find(choices.begin(), choices.end(), text) != choices.end();
}

constexpr std::string_view kNone = "none";

Problem::Value parse_value(const Field& field, const std::string& text) {
  switch (field.kind) {
    case FieldKind::dimension: {
      const auto number = whole_number<std::int64_t>(text);
      if (!number || *number < 1) {
        reject(field, text, "use a whole number from 1 to 9223372036854775807");
      }
      return *number;
    }
    case FieldKind::limit: {
      if (text == kNone) return std::int64_t{0};
      const auto number = whole_number<std::int64_t>(text);
      if (!number || *number < 1) reject(field, text, "use a whole number from 1, or none");
      return *number;
    }
    case FieldKind::seed: {
      const auto number = whole_number<std::uint64_t>(text);
      if (!number) reject(field, text, "use a whole number from 0 to 18446744073709551615");
      return *number;
    }
    case FieldKind::type:
      if (!is_among(field.choices, text)) reject_choice(field, text);
      return data_type(text).value();
    case FieldKind::choice:
      break;
  }
  if (!is_among(field.choices, text)) reject_choice(field, text);
  return text;
}

std::string value_text(const Problem::Value& value) {
  struct Texts {
    // No dimension is 0, so that this is a limit that does not exist.
    std::string operator()(std::int64_t number) const {
      return number == 0 ? std::string(kNone) : std::to_string(number);
    }
    std::string operator()(std::uint64_t number) const { return std::to_string(number); }
    std::string operator()(DataType type) const { return std::string(name(type)); }
    std::string operator()(const std::string& choice) const { return choice; }
  };
  return std::visit(Texts{}, value);
}

std::vector<std::string_view> words(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  std::vector<std::string_view> found;
  for (std::size_t at = text.find_first_not_of(kBlanks); at != std::string_view::npos;
       at = text.find_first_not_of(kBlanks, at)) {
    const std::size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
    found.push_back(text.substr(at, end - at));
    at = end;
  }
  return found;
}

}  // namespace

Problem Problem::parse(std::string_view text) {
  const std::vector<std::string_view> parts = words(text);
  const std::string_view operation = parts.empty() ? std::string_view() : parts.front();
  operation_named(operation, "problem");
  std::map<std::string, std::string> fields;
  for (const std::string_view part : std::span(parts).subspan(1)) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      throw InputError(fmt::format("problem: `{}` is not of the form field=value", part),
                       "write a problem as `matmul m=64 n=64 k=64 a=f32`");
    }
    const std::string field(part.substr(0, equals));
    if (!fields.emplace(field, part.substr(equals + 1)).second) {
      throw InputError(fmt::format("field {}: given twice", field), "leave one of them out");
    }
  }
  return make(operation, fields);
}

Problem Problem::make(std::string_view operation,
                      const std::map<std::string, std::string>& fields) {
  Problem problem;
  problem.operation_ = &operation_named(operation, "problem");
  require_known_fields(*problem.operation_, fields);
  require_given_fields(*problem.operation_, fields);
  problem.text_ = problem.operation_->name;
  for (const Field& field : problem.operation_->fields) {
    const auto given = fields.find(std::string(field.name));
    const std::string preset = field.required() ? "" : field.preset->value(problem);
    Value value = parse_value(field, given == fields.end() ? preset : given->second);
    const std::string text = value_text(value);
    if (field.always_printed || text != preset) {
      problem.text_ += fmt::format(" {}={}", field.name, text);
    }
    problem.values_.push_back(std::move(value));
  }
  problem.operation_->validate(problem);
  return problem;
}

const Problem::Value& Problem::value(std::string_view field) const {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (operation_->fields[i].name == field) return values_[i];
  }
  throw std::logic_error(fmt::format("{} has no field {}", operation_->name, field));
}

std::int64_t Problem::dimension(std::string_view field) const {
  return std::get<std::int64_t>(value(field));
}

std::int64_t Problem::limit(std::string_view field) const {
  return dimension(field);
}

DataType Problem::type(std::string_view field) const {
  return std::get<DataType>(value(field));
}

const std::string& Problem::choice(std::string_view field) const {
  return std::get<std::string>(value(field));
}

std::uint64_t Problem::seed() const {
  return std::get<std::uint64_t>(value("seed"));
}

std::string Problem::field_text(std::string_view field) const {
  return value_text(value(field));
}

std::uint64_t Problem::hash() const {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char character : text_) {
    hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3;
  }
  return hash;
}

}  // namespace assay::kernels
