#include "results/claims/catalogue_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/error.h"
#include "results/claims/catalogue_reader.h"
#include "results/claims/figures.h"
#include "results/claims/recognition.h"
#include "results/claims/units.h"
#include "results/record/toml_text.h"

namespace assay::results::claims {
namespace {

void read_properties(const Reader& reader, const Sources& sources, System& system) {
  for (const Reader& entry : reader.tables("property")) {
    entry.allow({"quantity", "value", "uncertainty", "standing", "source", "scope", "note"});
    const std::string quantity = entry.text("quantity");
    Property property = read_figure(entry, sources, quantity);
    if (property.bound != Comparison::equal) {
      entry.fail("value", fmt::format("`{}` is a bound, not a figure", property.text),
                 "state it as a claim, or give the figure itself");
    }
    auto& known = system.properties[quantity];
    for (const Property& other : known) {
      if (other.source_key == property.source_key && other.scope == property.scope) {
        entry.fail("quantity",
                   fmt::format("`{}` of {} is given twice by the same source", quantity, system.id),
                   "give each figure its own source");
      }
    }
    known.push_back(std::move(property));
  }
}

Test read_test(const Reader& reader) {
  reader.allow({"problems", "quantity", "run", "mode", "same_case", "other_type"});
  Test test;
  test.problems = reader.named_texts("problems");
  if (test.problems.empty()) reader.fail("problems", "must name at least one problem");
  test.quantity = reader.text("quantity");
  test.run = reader.texts("run");
  if (reader.has("mode")) {
    static const std::vector<std::string> modes = {"cold", "hot"};
    test.mode = reader.choice("mode", modes) == "hot" ? record::Mode::hot : record::Mode::cold;
  }
  test.same_case = reader.flag("same_case");
  test.other_type = reader.flag("other_type");
  return test;
}

/// What a condition must be: its text is kept as written.
struct Condition {
  std::string_view key;
  enum class Type { text, time, count, share } type = Type::text;
};

constexpr std::array<Condition, 22> kConditions = {{
    {"model"},
    {"dataset"},
    {"software"},
    {"scenario"},
    {"type"},
    {"shape"},
    {"batch", Condition::Type::count},
    {"concurrency", Condition::Type::count},
    {"context", Condition::Type::count},
    {"input", Condition::Type::count},
    {"output", Condition::Type::count},
    {"ttft", Condition::Type::time},
    {"tpot", Condition::Type::time},
    {"latency", Condition::Type::time},
    {"accuracy", Condition::Type::share},
    {"direction"},
    {"scope"},
    {"parallelism"},
    {"sparsity"},
    {"speculation"},
    {"offload"},
    {"note"},
}};

/// Whether the value is of the condition's type: a time, a count of at least 1, a share up to 1.
bool has_type(const Condition& condition, const PublishedValue& value) {
  const Dimension& dimension = value.quantity.dimension;
  switch (condition.type) {
    case Condition::Type::text:
      return true;
    case Condition::Type::time:
      return dimension == parse_unit("s").dimension && value.ends.lower > 0;
    case Condition::Type::count:
      return (dimension == Dimension{} || dimension == parse_unit("token").dimension) &&
             value.quantity.unit != "%" && value.ends.lower >= 1 &&
             value.ends.lower == std::round(value.ends.lower);
    case Condition::Type::share:
      return dimension == Dimension{} && value.ends.lower > 0 && value.ends.upper <= 1;
  }
  return false;
}

void check_condition(const Reader& reader, const Condition& condition, const std::string& text) {
  if (condition.type == Condition::Type::text) return;
  bool good = false;
  try {
    good = has_type(condition, parse_value(text));
  } catch (const InputError&) {
    good = false;
  }
  if (good) return;
  const bool time = condition.type == Condition::Type::time;
  const bool count = condition.type == Condition::Type::count;
  reader.fail("conditions",
              fmt::format("{}: `{}` is not a {}", condition.key, text,
                          time    ? "time"
                          : count ? "count"
                                  : "share of 1"),
              time    ? "write for example 50 ms, or less than 50 ms"
              : count ? "write a whole number such as 128"
                      : "write for example 99.9 %, or at least 99 %");
}

std::map<std::string, std::string> read_conditions(const Reader& reader) {
  if (!reader.has("conditions")) return {};
  if (reader.is_text("conditions")) return {{"note", reader.text("conditions")}};
  auto conditions = reader.named_texts("conditions");
  reader.inner("conditions").allow(condition_keys());
  for (const Condition& condition : kConditions) {
    const auto found = conditions.find(std::string(condition.key));
    if (found != conditions.end()) check_condition(reader, condition, found->second);
  }
  return conditions;
}

/// The comparison in the text of the value and that of the key `comparison`, which must agree.
Comparison comparison_of(const Reader& reader, const Property& value) {
  const Comparison stated = read_comparison(reader);
  const bool by_text = value.bound != Comparison::equal || value.maximum;
  if (!by_text || !reader.has("comparison")) return by_text ? value.bound : stated;
  if (stated != value.bound) {
    reader.fail("comparison",
                fmt::format("is `{}`, but the value is `{}`", name(stated), value.text),
                value.maximum ? "`up to` promises that some case reaches the value, which is "
                                "`equal`: leave `comparison` out"
                              : "leave `comparison` out: the value already says it");
  }
  return stated;
}

/// A claim that compares with something the source does not name has a value and no measurement.
void read_baseline(const Reader& reader, Claim& claim) {
  claim.baseline = reader.optional_text("baseline");
  if (claim.baseline.empty()) return;
  if (!claim.value || claim.value->dimension != Dimension{}) {
    reader.fail("baseline", "belongs to a ratio, and the value is none",
                "write the value as 2.87 x or +45 %, or leave `baseline` out");
  }
  const bool expression = is_expression(claim.quantity);
  if (claim.baseline != "unnamed") {
    if (expression && claim.quantity.find(claim.baseline + ":") == std::string::npos) {
      reader.fail(
          "baseline",
          fmt::format("`{}` is not in the quantity `{}`", claim.baseline, claim.quantity),
          fmt::format("divide by a figure of it: \"x:peak.bf16 / {}:peak.bf16\"", claim.baseline));
    }
    return;
  }
  if (expression || reader.has("test")) {
    reader.fail("baseline",
                fmt::format("is unnamed, but the claim has {}",
                            expression ? "an expression of figures" : "a test"),
                expression ? "an unnamed baseline has no figures: write a quantity such as "
                             "ratio.throughput"
                           : "nothing can be measured on an unnamed baseline: leave `test` out");
  }
  claim.untestable = fmt::format(
      "the source does not name what it compares with, so nothing can be measured against {}",
      shown(*claim.value));
}

void read_value(const Reader& reader, const Sources& sources, Claim& claim) {
  const bool expression = is_expression(claim.quantity);
  claim.value = read_figure(reader, sources, expression ? std::string() : claim.quantity);
  if (!expression && claim.system.empty()) {
    reader.fail("quantity", "needs a system", "add `system`, or write an expression of figures");
  }
  claim.comparison = comparison_of(reader, *claim.value);
  if (claim.value->value == 0) {
    reader.fail("value", "is zero, and nothing can be compared with that",
                "state it as a property of the system, or as `untestable` with the reason");
  }
  // A bound is exact: its digits are not rounded.
  if (claim.comparison != Comparison::equal && !reader.has("uncertainty")) {
    claim.value->range = {claim.value->value, claim.value->value};
  }
}

}  // namespace

const std::vector<std::string>& condition_keys() {
  static const std::vector<std::string> keys = [] {
    std::vector<std::string> out;
    for (const Condition& condition : kConditions) out.emplace_back(condition.key);
    return out;
  }();
  return keys;
}

const std::vector<std::string>& system_kinds() {
  static const std::vector<std::string> kinds = {"cpu",  "die",  "chip",     "board",
                                                 "node", "rack", "supernode"};
  return kinds;
}

System read_system(const Reader& reader, const Sources& sources) {
  reader.allow({"id", "name", "vendor", "kind", "match", "parts", "property"});
  System system;
  system.id = reader.id();
  system.file = reader.place().file;
  system.name = reader.text("name");
  system.vendor = reader.text("vendor");
  system.kind = reader.choice("kind", system_kinds());
  system.parts = reader.named_counts("parts");
  system.match = reader.named_texts("match");
  for (const auto& [key, pattern] : system.match) {
    try {
      check_match(key, pattern);
    } catch (const InputError& error) {
      reader.fail("match", error.what(), error.hint());
    }
  }
  read_properties(reader, sources, system);
  return system;
}

System read_workload(const Reader& reader, const Sources& sources) {
  reader.allow({"id", "name", "property"});
  System workload;
  workload.id = reader.id();
  workload.name = reader.text("name");
  workload.kind = "workload";
  read_properties(reader, sources, workload);
  return workload;
}

Share read_share(const Reader& reader, const Sources& sources) {
  reader.allow({"system", "quantity", "problem", "lower", "upper", "best", "implementation",
                "standing", "source", "note"});
  Share share;
  share.system = reader.text("system");
  share.quantity = reader.text("quantity");
  share.problem = reader.text("problem");
  share.range = {reader.number("lower", NAN, 0.01, 1), reader.number("upper", NAN, 0.01, 1.1)};
  if (!reader.has("lower")) reader.fail("lower", "missing");
  if (!reader.has("upper")) reader.fail("upper", "missing");
  if (share.range.lower > share.range.upper) {
    reader.fail("lower", "is greater than `upper`", "exchange the two");
  }
  share.best = read_figure(reader, sources, share.quantity, "best");
  share.implementation = reader.text("implementation");
  share.note = reader.optional_text("note");
  share.id = fmt::format("{}/{}/{}", share.system, share.quantity,
                         share.problem.substr(0, share.problem.find(' ')));
  return share;
}

Claim read_claim(const Reader& reader, const Sources& sources) {
  reader.allow({"id",         "statement",   "sets",       "system",    "workload", "quantity",
                "value",      "uncertainty", "comparison", "tolerance", "scope",    "note",
                "conditions", "standing",    "source",     "decide",    "test",     "untestable",
                "quote",      "derived",     "context",    "baseline"});
  Claim claim;
  claim.id = reader.id();
  claim.file = reader.place().file;
  claim.statement = reader.text("statement");
  claim.quote = reader.optional_text("quote");
  claim.derived = reader.optional_text("derived");
  claim.sets = reader.texts("sets");
  claim.system = reader.optional_text("system");
  claim.workload = reader.optional_text("workload");
  claim.quantity = reader.optional_text("quantity");
  claim.tolerance = reader.number("tolerance", 0, 0, 0.5);
  claim.conditions = read_conditions(reader);
  claim.untestable = reader.optional_text("untestable");
  claim.decide = reader.optional_text("decide");
  if (claim.sets.empty()) reader.fail("sets", "must name at least one set");
  if (claim.quantity.empty() == claim.untestable.empty()) {
    reader.fail("quantity",
                "a claim needs either a quantity, or `untestable` with the reason why it has none");
  }
  if (claim.quantity.empty() && (reader.has("value") || reader.has("test"))) {
    reader.fail("untestable", "an untestable claim has neither value nor test");
  }
  if (!claim.quantity.empty()) read_value(reader, sources, claim);
  const Property cited = read_citation(reader, sources);
  claim.standing = cited.standing;
  claim.source = cited.source;
  claim.source_key = cited.source_key;
  read_baseline(reader, claim);
  if (reader.has("test")) claim.test = read_test(reader.inner("test"));
  for (const Reader& entry : reader.tables("context")) {
    entry.allow({"text", "standing", "source"});
    const Property of = read_citation(entry, sources);
    claim.context.push_back({entry.text("text"), of.source, of.standing});
  }
  return claim;
}

std::string Place::text() const {
  return fmt::format("{}:{}", file, line);
}

namespace {

/// Reads every entry of one kind; the error of an entry that cannot be read is passed to `report`.
template <typename Entry, typename Read>
void read_all(const Reader& root, std::string_view key,
              std::vector<CatalogueFile::Placed<Entry>>& out,
              const std::function<void(const InputError&)>& report, Read read) {
  for (const Reader& entry : root.tables(key)) {
    try {
      out.push_back({read(entry), entry.place()});
    } catch (const InputError& error) {
      report(error);
    }
  }
}

}  // namespace

CatalogueFile parse_catalogue_file(const std::string& name, std::string_view text,
                                   const std::function<void(const InputError&)>& report) {
  CatalogueFile file;
  try {
    const toml::table table = record::parse_toml(text, name);
    const Reader root(table, name, "");
    if (table.empty()) {
      throw InputError(fmt::format("{}:1: the file has no entry", name),
                       "`assay claims new FILE` writes a file to start from");
    }
    root.allow({"sources", "set", "system", "workload", "claim", "share", "relation", "rule",
                "reading", "metric", "contest"});
    const Sources sources = read_sources(root);
    const auto sourced = [&](auto read) {
      return [&sources, read](const Reader& entry) { return read(entry, sources); };
    };
    read_all(root, "set", file.sets, report, [](const Reader& entry) {
      entry.allow({"id", "title", "text", "first"});
      return ClaimSet{entry.id(), entry.text("title"), entry.optional_text("text"),
                      entry.texts("first")};
    });
    read_all(root, "system", file.systems, report, sourced(read_system));
    read_all(root, "workload", file.workloads, report, sourced(read_workload));
    read_all(root, "claim", file.claims, report, sourced(read_claim));
    read_all(root, "share", file.shares, report, sourced(read_share));
    read_all(root, "relation", file.relations, report, sourced(read_relation));
    read_all(root, "rule", file.rules, report, sourced(read_rule));
    read_all(root, "reading", file.readings, report, read_reading);
    read_all(root, "metric", file.metrics, report, read_metric);
    read_all(root, "contest", file.contests, report, read_contest);
  } catch (const InputError& error) {
    report(error);
  }
  return file;
}

}  // namespace assay::results::claims
