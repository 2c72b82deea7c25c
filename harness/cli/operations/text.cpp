#include "harness/cli/operations/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/terminal/wrapped.h"
#include "results/record/json_library.h"

namespace assay::cli::operations {

using harness::terminal::wrapped;
using kernels::Field;
using kernels::FieldKind;
using kernels::Operation;
using nlohmann::ordered_json;

namespace {

std::string_view kind_text(FieldKind kind) {
  switch (kind) {
    case FieldKind::dimension:
      return "a whole number from 1";
    case FieldKind::limit:
      return "a whole number from 1, or none";
    case FieldKind::seed:
      return "a whole number from 0";
    case FieldKind::type:
    case FieldKind::choice:
      return "";
  }
  return "";
}

/// "nn, nt, tn or tt"; what the field may be where it has no list of choices.
std::string values_text(const Field& field) {
  if (field.choices.empty()) return std::string(kind_text(field.kind));
  std::string out;
  for (std::size_t i = 0; i < field.choices.size(); ++i) {
    if (i > 0) out += i + 1 == field.choices.size() ? " or " : ", ";
    out += field.choices[i];
  }
  return out;
}

std::string default_text(const Field& field) {
  return field.required() ? "required" : fmt::format("default {}", field.preset->text);
}

std::string figure_text(const Operation& operation) {
  switch (operation.figure) {
    case kernels::Figure::operations:
      return "FLOP/s, or OP/s of integers";
    case kernels::Figure::bytes:
      return "B/s";
    case kernels::Figure::time:
      return "time of a launch";
  }
  return "";
}

std::string roof_text(const Operation& operation) {
  switch (operation.roof) {
    case kernels::Roof::arithmetic:
      return "the device's arithmetic, or its memory where a byte has little work";
    case kernels::Roof::memory:
      return "the device's memory";
    case kernels::Roof::link:
      return "the link between devices, or between device and host";
    case kernels::Roof::none:
      return "none";
  }
  return "";
}

/// The block-scaled types that some field of the operation may have, in the order of the table.
std::vector<kernels::DataType> block_scaled_types(const Operation& operation) {
  std::vector<kernels::DataType> out;
  for (const kernels::DataType type : kernels::kDataTypes) {
    const bool taken = std::ranges::any_of(operation.fields, [&](const Field& field) {
      return field.kind == FieldKind::type && std::ranges::count(field.choices, name(type)) > 0;
    });
    if (taken && is_block_scaled(type)) out.push_back(type);
  }
  return out;
}

/// "label     text", the text indented below the label where it is long.
std::string entry(std::string_view label, const std::string& text) {
  const std::string lines = wrapped(text, 13);
  return fmt::format("  {:<10} {}", label, lines.substr(13));
}

}  // namespace

std::string operations_text() {
  std::string out;
  for (const Operation* operation : kernels::operations()) {
    const std::string lines = wrapped(std::string(operation->summary), 18);
    out += fmt::format("{:<17} {}", operation->name, lines.substr(18));
  }
  return out;
}

std::string operation_text(const Operation& operation) {
  std::string out = fmt::format("{}: {}\n\n", operation.name, operation.summary);
  out += wrapped(std::string(operation.formula), 2);
  out += "\nFields:\n";
  for (const Field& field : operation.fields) {
    out += entry(field.name, fmt::format("{}: {} ({})", field.meaning, values_text(field),
                                         default_text(field)));
  }
  if (const auto types = block_scaled_types(operation); !types.empty()) {
    out += "\nBlock-scaled types:\n";
    for (const kernels::DataType type : types) {
      const kernels::TypeTraits& t = kernels::traits(type);
      out += entry(name(type), fmt::format("{}: {} elements of {} share a scale of {}", t.meaning,
                                           t.block, name(t.element), name(t.scale)));
    }
  }
  out += "\nOperands, in order:\n";
  for (const kernels::OperandText& operand : operation.operand_texts) {
    out += entry(operand.name, fmt::format("{}: {}", name(operand.role), operand.meaning));
  }
  out += "\nWork of a launch:\n" + wrapped(std::string(operation.counting), 2);
  out += fmt::format("  Quoted as {}.\n", figure_text(operation));
  out += wrapped(fmt::format("Limited by: {}.", roof_text(operation)), 2);
  if (operation.measures) {
    out += fmt::format("  It measures that roof: the {} ceiling of a device.\n",
                       name(*operation.measures));
  }
  if (operation.collective != nullptr) {
    out += "  Several ranks compute it together; operands and work above are of all and of one.\n";
  }
  return out;
}

std::string implementations_text(const std::vector<KnownImplementation>& known) {
  std::string out = "\nImplementations here:\n";
  for (std::size_t i = 0; i < known.size();) {
    std::string names;
    const std::string& device = known[i].device;
    for (; i < known.size() && known[i].device == device; ++i) {
      names += (names.empty() ? "" : ", ") + known[i].name;
    }
    out += entry(device, names);
  }
  return known.empty() ? out + "  none; `assay devices` says what is missing\n" : out;
}

ordered_json to_json(const Operation& operation) {
  ordered_json fields = ordered_json::array(), operands = ordered_json::array();
  for (const Field& field : operation.fields) {
    ordered_json one = {{"name", field.name},
                        {"meaning", field.meaning},
                        {"required", field.required()},
                        {"default", nullptr},
                        {"choices", field.choices}};
    if (!field.required()) one["default"] = field.preset->text;
    fields.push_back(std::move(one));
  }
  for (const kernels::OperandText& operand : operation.operand_texts) {
    operands.push_back(
        {{"name", operand.name}, {"role", name(operand.role)}, {"meaning", operand.meaning}});
  }
  ordered_json types = ordered_json::array();
  for (const kernels::DataType type : block_scaled_types(operation)) {
    const kernels::TypeTraits& t = kernels::traits(type);
    types.push_back({{"name", name(type)},
                     {"meaning", t.meaning},
                     {"element", name(t.element)},
                     {"block", t.block},
                     {"scale", name(t.scale)}});
  }
  return {{"name", operation.name},
          {"summary", operation.summary},
          {"formula", operation.formula},
          {"counting", operation.counting},
          {"figure", name(operation.figure)},
          {"roof", name(operation.roof)},
          {"ranks", operation.collective != nullptr},
          {"fields", std::move(fields)},
          {"block_scaled_types", std::move(types)},
          {"operands", std::move(operands)}};
}

}  // namespace assay::cli::operations
