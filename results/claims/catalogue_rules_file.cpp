// Reads relations, rules, readings, metrics and contests of a TOML file.
#include <fmt/format.h>

#include "kernels/error.h"
#include "results/claims/catalogue_reader.h"
#include "results/claims/expression.h"
#include "results/claims/units.h"

namespace assay::results::claims {
namespace {

std::map<std::string, Property> read_constants(const Reader& reader, const Sources& sources) {
  std::map<std::string, Property> constants;
  for (const auto& [key, entry] : reader.named_tables("constants")) {
    entry.allow({"value", "uncertainty", "standing", "source", "note"});
    constants[key] = read_figure(entry, sources, "");
  }
  return constants;
}

/// Values of variables: { K = ["fma", "triad"] }.
std::map<std::string, std::vector<std::string>> read_values(const Reader& reader,
                                                            std::string_view key) {
  std::map<std::string, std::vector<std::string>> values;
  if (!reader.has(key)) return values;
  const Reader inner = reader.inner(key);
  for (char variable = 'A'; variable <= 'Z'; ++variable) {
    const std::string name(1, variable);
    if (inner.has(name)) values[name] = inner.texts(name);
  }
  if (values.empty()) reader.fail(key, "names no variable", "write for example { K = [\"fma\"] }");
  return values;
}

}  // namespace

Relation read_relation(const Reader& reader, const Sources& sources) {
  reader.allow({"id", "statement", "left", "right", "comparison", "tolerance", "constants",
                "claims", "note"});
  Relation relation;
  relation.id = reader.id();
  relation.statement = reader.text("statement");
  relation.left = reader.text("left");
  relation.right = reader.text("right");
  relation.comparison = read_comparison(reader);
  relation.tolerance = reader.number("tolerance", 0, 0, 1);
  relation.constants = read_constants(reader, sources);
  relation.claims = reader.texts("claims");
  relation.note = reader.optional_text("note");
  return relation;
}

Rule read_rule(const Reader& reader, const Sources& sources) {
  static const std::map<std::string, Rule::Over> ranges = {{"systems", Rule::Over::systems},
                                                           {"parts", Rule::Over::parts},
                                                           {"whole", Rule::Over::whole},
                                                           {"claims", Rule::Over::claims},
                                                           {"pairs", Rule::Over::pairs}};
  static const std::vector<std::string> names = {"systems", "parts", "whole", "claims", "pairs"};
  reader.allow({"id", "statement", "over", "left", "right", "comparison", "tolerance", "quantities",
                "self_kind", "part_kind", "one_source", "only", "except", "conditions", "constants",
                "note"});
  Rule rule;
  rule.id = reader.id();
  rule.statement = reader.text("statement");
  rule.over = ranges.at(reader.choice("over", names));
  rule.left = reader.text("left");
  rule.right = reader.text("right");
  rule.comparison = read_comparison(reader);
  rule.tolerance = reader.number("tolerance", 0, 0, 1);
  rule.quantities = reader.texts("quantities");
  if (reader.has("self_kind")) rule.self_kind = reader.choice("self_kind", system_kinds());
  if (reader.has("part_kind")) rule.part_kind = reader.choice("part_kind", system_kinds());
  rule.one_source = reader.flag("one_source");
  rule.only = read_values(reader, "only");
  rule.except = read_values(reader, "except");
  rule.conditions = reader.named_texts("conditions");
  rule.constants = read_constants(reader, sources);
  rule.note = reader.optional_text("note");
  const bool needs = rule.over == Rule::Over::claims || rule.over == Rule::Over::pairs ||
                     (rule.left + rule.right).find("{Q}") != std::string::npos;
  if (needs && rule.quantities.empty()) {
    reader.fail("quantities", "missing",
                "name the quantities to which the rule applies, such as peak.*");
  }
  return rule;
}

Reading read_reading(const Reader& reader) {
  reader.allow({"id", "statement", "factor", "between", "unit", "quantities", "kinds", "rules",
                "part_kind"});
  Reading reading;
  reading.id = reader.id();
  reading.statement = reader.text("statement");
  reading.quantities = reader.texts("quantities");
  reading.kinds = reader.texts("kinds");
  reading.rules = reader.texts("rules");
  if (reader.has("part_kind")) reading.part_kind = reader.choice("part_kind", system_kinds());
  if (reader.has("factor")) reading.factor = reader.number("factor", 0, 1e-12, 1e12);
  const auto between = reader.texts("between");
  if (reading.factor.has_value() == !between.empty() || (!between.empty() && between.size() != 2)) {
    reader.fail("factor", "a reading needs either `factor`, or `between` with two limits");
  }
  try {
    if (!between.empty()) {
      reading.between = {parse_quantity(between[0]).value, parse_quantity(between[1]).value};
    }
    if (reader.has("unit")) reading.dimension = parse_unit(reader.text("unit")).dimension;
  } catch (const InputError& error) {
    reader.fail(reader.has("unit") ? "unit" : "between", error.what(), error.hint());
  }
  return reading;
}

Metric read_metric(const Reader& reader) {
  static const std::vector<std::string> groups = {"system", "chip", "watt", "rack", "kernel"};
  reader.allow({"id", "name", "quantity", "unit", "less_is_better", "group", "measured"});
  Metric metric;
  metric.id = reader.id();
  metric.name = reader.text("name");
  metric.quantity = reader.text("quantity");
  metric.unit = reader.text("unit");
  metric.less_is_better = reader.flag("less_is_better");
  metric.group = reader.choice("group", groups);
  metric.measured = reader.optional_text("measured");
  try {
    parse_unit(metric.unit);
    const Expression check(metric.quantity);
  } catch (const InputError& error) {
    reader.fail("quantity", error.what(), error.hint());
  }
  return metric;
}

Contest read_contest(const Reader& reader) {
  reader.allow({"id", "title", "claim", "systems", "today", "metrics"});
  Contest contest;
  contest.id = reader.id();
  contest.title = reader.text("title");
  contest.claim = reader.optional_text("claim");
  contest.systems = reader.texts("systems");
  contest.today = reader.optional_text("today");
  contest.metrics = reader.texts("metrics");
  if (contest.systems.size() < 2) reader.fail("systems", "a contest needs two or more systems");
  return contest;
}

}  // namespace assay::results::claims
