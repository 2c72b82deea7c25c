#include "harness/plan/suite.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/terminal/quantities.h"
#include "kernels/error.h"
#include "kernels/nearest.h"
#include "kernels/operation.h"
#include "results/process/read_file.h"
#include "results/record/toml_text.h"

namespace assay::harness::plan {
namespace {

using results::record::Division;
using results::record::Mode;
using results::record::require_named;
using Axes = std::vector<std::pair<std::string, std::vector<std::string>>>;

const std::vector<std::string> kOptionKeys = {"mode", "target",          "budget",
                                              "burn", "implementations", "divisions"};

/// Maximum number of problems in a suite; more are almost certainly a mistake in an axis.
constexpr std::size_t kMaximumProblems = 10000;

std::string place(const std::string& file, const toml::node& node) {
  return fmt::format("{}:{}", file, node.source().begin.line);
}

[[noreturn]] void unknown_key(const std::string& file, const toml::node& node, std::string_view key,
                              const std::vector<std::string>& known) {
  throw InputError(
      fmt::format("{}: unknown key `{}`", place(file, node), key),
      did_you_mean(key, known, fmt::format("the keys are {}", fmt::join(known, ", "))));
}

std::string text_of(const std::string& file, std::string_view key, const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  throw InputError(fmt::format("{}: {}: must be text in quotes", place(file, node), key));
}

/// The text of a field's value, a TOML integer or string.
std::string field_value(const std::string& file, std::string_view key, const toml::node& node) {
  if (const auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  if (const auto text = node.value_exact<std::string>()) return *text;
  throw InputError(fmt::format("{}: {}: must be a whole number or text", place(file, node), key),
                   "write 4096 or \"bf16\", or an array of them");
}

std::vector<std::string> texts_of(const std::string& file, std::string_view key,
                                  const toml::node& node) {
  const toml::array* array = node.as_array();
  if (array == nullptr) return {text_of(file, key, node)};
  std::vector<std::string> out;
  for (const toml::node& element : *array) out.push_back(text_of(file, key, element));
  return out;
}

double number_of(const std::string& file, std::string_view key, const toml::node& node,
                 double (*parse)(std::string_view, std::string_view)) {
  const std::string where = fmt::format("{}: {}", place(file, node), key);
  if (const auto number = node.value<double>(); number && node.is_number()) {
    return parse(fmt::format("{}", *number), where);
  }
  return parse(text_of(file, key, node), where);
}

/// Reads one key of the measurement options. Returns false if the key is not one of them.
bool take_option(const std::string& file, std::string_view key, const toml::node& node,
                 MeasurementOptions& options) {
  const std::string where = fmt::format("{}: {}", place(file, node), key);
  if (key == "mode") {
    options.mode = require_named<Mode>(text_of(file, key, node), where);
  } else if (key == "target") {
    options.target = number_of(file, key, node, terminal::parse_share);
  } else if (key == "budget") {
    options.budget_seconds = number_of(file, key, node, terminal::parse_duration);
  } else if (key == "burn") {
    options.burn_seconds = number_of(file, key, node, terminal::parse_duration);
  } else if (key == "implementations") {
    options.implementations = texts_of(file, key, node);
  } else if (key == "divisions") {
    options.divisions = require_named<Division>(texts_of(file, key, node), where);
  } else {
    return false;
  }
  return true;
}

MeasurementOptions parse_defaults(const std::string& file, const toml::node& node) {
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    throw InputError(fmt::format("{}: defaults: must be a table", place(file, node)),
                     "write [defaults]");
  }
  MeasurementOptions options;
  for (const auto& [key, value] : *table) {
    if (!take_option(file, key.str(), value, options)) {
      unknown_key(file, value, key.str(), kOptionKeys);
    }
  }
  return options;
}

const kernels::Operation& operation_of(const std::string& file, const toml::table& table) {
  const toml::node* node = table.get("operation");
  if (node == nullptr) {
    throw InputError(fmt::format("{}: problem: names no operation", place(file, table)),
                     "add operation = \"matmul\" or another");
  }
  const std::string name = text_of(file, "operation", *node);
  if (const kernels::Operation* found = kernels::find_operation(name)) return *found;
  std::vector<std::string> known;
  for (const kernels::Operation* one : kernels::operations()) known.emplace_back(one->name);
  throw InputError(
      fmt::format("{}: operation: there is no `{}`", place(file, *node), name),
      did_you_mean(name, known, fmt::format("the operations are {}", fmt::join(known, ", "))));
}

/// The values of one field. A scalar is an axis with one value.
std::vector<std::string> axis_of(const std::string& file, std::string_view key,
                                 const toml::node& node) {
  const toml::array* array = node.as_array();
  if (array == nullptr) return {field_value(file, key, node)};
  if (array->empty()) {
    throw InputError(
        fmt::format("{}: {}: an empty axis gives no problems", place(file, node), key));
  }
  std::vector<std::string> values;
  for (const toml::node& element : *array) values.push_back(field_value(file, key, element));
  return values;
}

/// All combinations of the axes; the last axis varies fastest.
std::vector<std::map<std::string, std::string>> multiply(const Axes& axes) {
  std::vector<std::map<std::string, std::string>> all = {{}};
  for (const auto& [key, values] : axes) {
    std::vector<std::map<std::string, std::string>> longer;
    for (const auto& fields : all) {
      for (const std::string& value : values) {
        longer.push_back(fields);
        longer.back()[key] = value;
      }
    }
    all = std::move(longer);
  }
  return all;
}

/// One parsed block: the settings of all its problems, and their axes.
struct Block {
  const kernels::Operation* operation = nullptr;
  std::string label;
  MeasurementOptions measurement;
  Axes axes;
};

Block parse_block(const std::string& file, const toml::table& table,
                  const MeasurementOptions& defaults) {
  Block block{&operation_of(file, table), {}, defaults, {}};
  std::vector<std::string> fields, known = {"operation", "label"};
  for (const kernels::Field& field : block.operation->fields) fields.emplace_back(field.name);
  known.insert(known.end(), fields.begin(), fields.end());
  known.insert(known.end(), kOptionKeys.begin(), kOptionKeys.end());
  std::size_t count = 1;
  for (const auto& [key, value] : table) {
    const std::string_view name = key.str();
    if (name == "operation") continue;
    if (std::find(fields.begin(), fields.end(), name) != fields.end()) {
      block.axes.emplace_back(name, axis_of(file, name, value));
      count *= block.axes.back().second.size();
      if (count > kMaximumProblems) {
        throw InputError(fmt::format("{}: problem: the axes give more than {} problems",
                                     place(file, table), kMaximumProblems));
      }
    } else if (name == "label") {
      block.label = text_of(file, name, value);
    } else if (!take_option(file, name, value, block.measurement)) {
      unknown_key(file, value, name, known);
    }
  }
  return block;
}

/// The line to report if a combination is not a valid Problem: that of the field in the message.
int blamed_line(const toml::table& table, const std::string& message) {
  for (const auto& [key, value] : table) {
    if (message.find(fmt::format("field {}:", key.str())) != std::string::npos) {
      return static_cast<int>(value.source().begin.line);
    }
  }
  return static_cast<int>(table.source().begin.line);
}

/// Replaces kAllRanks by the number of ranks.
void fill_in_ranks(const kernels::Operation& operation, std::uint32_t ranks,
                   std::map<std::string, std::string>& fields) {
  const auto field = fields.find("ranks");
  if (operation.collective == nullptr || field == fields.end()) return;
  if (field->second == kAllRanks) field->second = std::to_string(ranks);
}

void add_problems(const std::string& file, const toml::table& table, const Block& block,
                  std::uint32_t ranks, std::set<std::string>& seen, Suite& suite) {
  for (auto& fields : multiply(block.axes)) {
    fill_in_ranks(*block.operation, ranks, fields);
    try {
      const auto problem = kernels::Problem::make(block.operation->name, fields);
      const std::string key = fmt::format(
          "{} {}", problem.text(), block.measurement.mode ? name(*block.measurement.mode) : "");
      if (!seen.insert(key).second) continue;
      suite.problems.push_back({problem, block.label, block.measurement});
    } catch (const InputError& error) {
      throw InputError(
          fmt::format("{}:{}: {}", file, blamed_line(table, error.what()), error.what()),
          error.hint());
    }
  }
}

}  // namespace

Suite parse_suite(std::string_view text, const std::string& file, std::uint32_t ranks) {
  const toml::table root = results::record::parse_toml(text, file);
  Suite suite;
  MeasurementOptions defaults;
  for (const auto& [key, value] : root) {
    const std::string_view name = key.str();
    if (name == "name") {
      suite.name = text_of(file, name, value);
    } else if (name == "description") {
      suite.description = text_of(file, name, value);
    } else if (name == "defaults") {
      defaults = parse_defaults(file, value);
    } else if (name != "problem") {
      unknown_key(file, value, name, {"name", "description", "defaults", "problem"});
    }
  }
  const toml::array* blocks = root["problem"].as_array();
  if (blocks == nullptr || !blocks->is_array_of_tables() || blocks->empty()) {
    throw InputError(fmt::format("{}: the suite has no problems", file),
                     "add one as a [[problem]] block");
  }
  std::set<std::string> seen;
  for (const toml::node& node : *blocks) {
    const toml::table& table = *node.as_table();
    add_problems(file, table, parse_block(file, table, defaults), ranks, seen, suite);
  }
  if (suite.name.empty()) {
    throw InputError(fmt::format("{}: name: is missing", file), "add name = \"…\" at the top");
  }
  return suite;
}

Suite load_suite(const std::string& name, std::uint32_t ranks) {
  if (name.find('/') != std::string::npos || name.ends_with(".toml")) {
    const std::string text =
        results::process::read_file(name, results::process::kLargestToml,
                                    "name a TOML file of [[problem]] blocks", "suite " + name);
    if (text.empty()) throw InputError(fmt::format("suite {}: the file is empty", name));
    return parse_suite(text, name, ranks);
  }
  std::vector<std::string> known;
  for (const EmbeddedFile& file : suite_files()) {
    known.emplace_back(file.name.substr(0, file.name.rfind('.')));
    if (known.back() == name) return parse_suite(file.text, std::string(file.name), ranks);
  }
  throw InputError(
      fmt::format("there is no suite `{}`", name),
      did_you_mean(name, known,
                   fmt::format("the suites are {}; to name a file, write its path, ./{}.toml",
                               fmt::join(known, ", "), name)));
}

}  // namespace assay::harness::plan
