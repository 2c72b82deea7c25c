#include "results/claims/catalogue_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <initializer_list>
#include <regex>

#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/claims/units.h"

namespace assay::results {
namespace {

/// A table of the file that knows its place and complains with it.
class Reader {
 public:
  Reader(const toml::table& table, std::string file, std::string path)
      : table_(table), file_(std::move(file)), path_(std::move(path)) {}

  Place place() const { return {file_, table_.source().begin.line}; }

  [[noreturn]] void fail(std::string_view key, const std::string& what,
                         const std::string& mend = {}) const {
    const toml::node* node = table_.get(key);
    const Place at{file_, (node != nullptr ? *node : table_).source().begin.line};
    throw InputError(fmt::format("{}: {}: {}", at.text(), name_of(key), what), mend);
  }

  /// Only these keys may stand in the table.
  void allow(std::initializer_list<std::string> keys) const {
    for (const auto& [key, node] : table_) {
      if (std::find(keys.begin(), keys.end(), key.str()) == keys.end()) {
        fail(key.str(), "unknown key",
             did_you_mean(key.str(), {keys.begin(), keys.size()},
                          fmt::format("keys here are {}", fmt::join(keys, ", "))));
      }
    }
  }

  bool has(std::string_view key) const { return table_.contains(key); }

  std::string text(std::string_view key) const {
    if (!has(key)) fail(key, "missing");
    return optional_text(key);
  }

  std::string optional_text(std::string_view key) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    const auto value = node->value_exact<std::string>();
    if (!value) fail(key, "must be a text in quotes");
    return *value;
  }

  double number(std::string_view key, double fallback, double lowest, double highest) const {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return fallback;
    const auto value = node->value<double>();
    if (!value || !(*value >= lowest && *value <= highest)) {
      fail(key, fmt::format("must be a number from {} to {}", lowest, highest));
    }
    return *value;
  }

  std::vector<std::string> texts(std::string_view key) const {
    std::vector<std::string> out;
    const toml::node* node = table_.get(key);
    if (node == nullptr) return out;
    const toml::array* array = node->as_array();
    if (array == nullptr) fail(key, "must be a list of texts");
    for (const toml::node& element : *array) {
      const auto value = element.value_exact<std::string>();
      if (!value) fail(key, "must be a list of texts");
      out.push_back(*value);
    }
    return out;
  }

  std::vector<Reader> tables(std::string_view key) const {
    std::vector<Reader> out;
    const toml::node* node = table_.get(key);
    if (node == nullptr) return out;
    const toml::array* array = node->as_array();
    if (array == nullptr || !array->is_array_of_tables()) {
      fail(key, fmt::format("must be tables headed [[{}]]", name_of(key)));
    }
    for (const toml::node& element : *array) {
      out.emplace_back(*element.as_table(), file_, name_of(key));
    }
    return out;
  }

  /// Keys of the table `key` with a reader of each; the values must be tables.
  std::map<std::string, Reader> named_tables(std::string_view key) const {
    std::map<std::string, Reader> out;
    for (const auto& [name, node] : table(key)) {
      if (!node.is_table()) fail(key, fmt::format("`{}` must be a table", name.str()));
      out.emplace(name.str(),
                  Reader(*node.as_table(), file_, fmt::format("{}.{}", name_of(key), name.str())));
    }
    return out;
  }

  std::map<std::string, std::string> named_texts(std::string_view key) const {
    std::map<std::string, std::string> out;
    for (const auto& [name, node] : table(key)) {
      const auto value = node.value_exact<std::string>();
      if (!value) fail(key, fmt::format("`{}` must be a text in quotes", name.str()));
      out.emplace(name.str(), *value);
    }
    return out;
  }

  Reader inner(std::string_view key) const { return {table(key), file_, name_of(key)}; }

  /// An id: lower-case words joined by hyphens.
  std::string id() const {
    static const std::regex pattern("[a-z0-9]+(-[a-z0-9]+)*");
    const std::string value = text("id");
    if (!std::regex_match(value, pattern)) {
      fail("id", fmt::format("`{}` is no id", value), "lower-case words joined by hyphens");
    }
    return value;
  }

 private:
  std::string name_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
  }

  const toml::table& table(std::string_view key) const {
    static const toml::table none;
    const toml::node* node = table_.get(key);
    if (node == nullptr) return none;
    if (!node->is_table()) fail(key, "must be a table");
    return *node->as_table();
  }

  const toml::table& table_;
  std::string file_, path_;
};

using Sources = std::map<std::string, Source>;

std::vector<std::string> keys_of(const auto& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

Sources read_sources(const Reader& root) {
  Sources sources;
  for (const auto& [key, reader] : root.named_tables("sources")) {
    reader.allow({"title", "url", "section", "date"});
    sources[key] = {reader.text("title"), reader.optional_text("url"),
                    reader.optional_text("section"), reader.optional_text("date")};
  }
  return sources;
}

Source read_source(const Reader& reader, const Sources& sources) {
  const std::string key = reader.text("source");
  const auto found = sources.find(key);
  if (found == sources.end()) {
    reader.fail("source", fmt::format("no [sources.{}] in this file", key),
                did_you_mean(key, keys_of(sources)));
  }
  return found->second;
}

Standing read_standing(const Reader& reader) {
  static const std::map<std::string, Standing> known = {
      {"specification", Standing::specification},
      {"paper", Standing::paper},
      {"press", Standing::press},
      {"measured_by_others", Standing::measured_by_others},
      {"unverified", Standing::unverified}};
  const std::string text = reader.text("standing");
  const auto found = known.find(text);
  if (found == known.end()) {
    reader.fail("standing", fmt::format("`{}` is no standing", text),
                did_you_mean(text, keys_of(known),
                             fmt::format("one of {}", fmt::join(keys_of(known), ", "))));
  }
  return found->second;
}

/// `value` as a quantity; of the dimension that `quantity` (a name such as "peak.bf16") has.
Property read_value(const Reader& reader, const std::string& key, const std::string& quantity) {
  Quantity parsed;
  try {
    parsed = parse_quantity(reader.text(key));
  } catch (const InputError& error) {
    reader.fail(key, error.what(), error.mend());
  }
  if (!quantity.empty()) {
    const auto expected = dimension_of(quantity);
    if (!expected) {
      reader.fail(
          "quantity", fmt::format("`{}` is no known quantity", quantity),
          did_you_mean(quantity, quantity_names(),
                       fmt::format("quantities begin with {}", fmt::join(quantity_names(), ", "))));
    }
    if (parsed.dimension != *expected) {
      reader.fail(key,
                  fmt::format("`{}` is in {}, but {} is in {}", reader.text(key),
                              symbol(parsed.dimension), quantity, symbol(*expected)),
                  "mend the unit or the quantity");
    }
  }
  Property property;
  property.value = parsed.value;
  property.written = parsed.written;
  property.unit = parsed.unit;
  return property;
}

System read_system(const Reader& reader, const Sources& sources) {
  reader.allow({"id", "name", "vendor", "kind", "match", "property"});
  System system;
  system.id = reader.id();
  system.name = reader.text("name");
  system.vendor = reader.text("vendor");
  system.kind = reader.text("kind");
  static const std::vector<std::string> kinds = {"cpu", "chip", "node", "supernode"};
  if (std::find(kinds.begin(), kinds.end(), system.kind) == kinds.end()) {
    reader.fail("kind", fmt::format("`{}` is no kind of system", system.kind),
                fmt::format("one of {}", fmt::join(kinds, ", ")));
  }
  system.match = reader.named_texts("match");
  for (const auto& [key, pattern] : system.match) {
    try {
      std::regex check(pattern);
    } catch (const std::regex_error&) {
      reader.fail("match", fmt::format("`{}` of {} is no regular expression", pattern, key));
    }
  }
  for (const Reader& entry : reader.tables("property")) {
    entry.allow({"quantity", "value", "standing", "source", "note"});
    const std::string quantity = entry.text("quantity");
    Property property = read_value(entry, "value", quantity);
    property.standing = read_standing(entry);
    property.source = read_source(entry, sources);
    property.note = entry.optional_text("note");
    if (!system.properties.emplace(quantity, property).second) {
      entry.fail("quantity", fmt::format("`{}` is given twice for {}", quantity, system.id),
                 "give the second figure a longer name, such as " + quantity + ".press");
    }
  }
  return system;
}

Test read_test(const Reader& reader) {
  reader.allow({"problems", "quantity", "achievability", "achievability_source", "run"});
  Test test;
  test.problems = reader.named_texts("problems");
  if (test.problems.empty()) reader.fail("problems", "names no problem");
  test.quantity = reader.text("quantity");
  test.achievability = reader.number("achievability", 1, 0.01, 1);
  test.achievability_source = reader.optional_text("achievability_source");
  if (test.achievability < 1 && test.achievability_source.empty()) {
    reader.fail("achievability_source", "missing", "say where the threshold comes from");
  }
  test.run = reader.texts("run");
  return test;
}

Claim read_claim(const Reader& reader, const Sources& sources) {
  reader.allow({"id", "statement", "sets", "system", "quantity", "value", "tolerance", "conditions",
                "standing", "source", "untestable", "decide", "test"});
  Claim claim;
  claim.id = reader.id();
  claim.statement = reader.text("statement");
  claim.sets = reader.texts("sets");
  claim.system = reader.optional_text("system");
  claim.quantity = reader.optional_text("quantity");
  claim.tolerance = reader.number("tolerance", 0, 0, 0.5);
  claim.conditions = reader.optional_text("conditions");
  claim.standing = read_standing(reader);
  claim.source = read_source(reader, sources);
  claim.untestable = reader.optional_text("untestable");
  claim.decide = reader.optional_text("decide");
  if (claim.sets.empty()) reader.fail("sets", "the claim belongs to no set");
  if (claim.quantity.empty() == claim.untestable.empty()) {
    reader.fail("quantity",
                "a claim has either a quantity, or `untestable` saying why it has none");
  }
  if (!claim.quantity.empty()) {
    claim.value = read_value(reader, "value", claim.quantity);
    claim.value->standing = claim.standing;
    claim.value->source = claim.source;
  } else if (reader.has("value") || reader.has("test")) {
    reader.fail("untestable", "an untestable claim has neither value nor test");
  }
  if (reader.has("test")) claim.test = read_test(reader.inner("test"));
  return claim;
}

Relation read_relation(const Reader& reader, const Sources& sources) {
  reader.allow({"id", "statement", "left", "right", "comparison", "tolerance", "constants",
                "claims", "reconcile"});
  Relation relation;
  relation.id = reader.id();
  relation.statement = reader.text("statement");
  relation.left = reader.text("left");
  relation.right = reader.text("right");
  relation.tolerance = reader.number("tolerance", 0, 0, 1);
  relation.claims = reader.texts("claims");
  relation.reconcile = reader.optional_text("reconcile");
  static const std::map<std::string, Comparison> known = {{"equal", Comparison::equal},
                                                          {"at least", Comparison::at_least},
                                                          {"at most", Comparison::at_most}};
  if (reader.has("comparison")) {
    const auto found = known.find(reader.text("comparison"));
    if (found == known.end()) {
      reader.fail("comparison", fmt::format("`{}` is no comparison", reader.text("comparison")),
                  "one of equal, at least, at most");
    }
    relation.comparison = found->second;
  }
  for (const auto& [key, entry] : reader.named_tables("constants")) {
    entry.allow({"value", "standing", "source", "note"});
    Property constant = read_value(entry, "value", "");
    constant.standing = read_standing(entry);
    constant.source = read_source(entry, sources);
    constant.note = entry.optional_text("note");
    relation.constants[key] = constant;
  }
  return relation;
}

ClaimSet read_set(const Reader& reader) {
  reader.allow({"id", "title"});
  return {reader.id(), reader.text("title")};
}

}  // namespace

std::string Place::text() const {
  return fmt::format("{}:{}", file, line);
}

CatalogueFile parse_catalogue_file(const std::string& name, std::string_view text) {
  toml::table table;
  try {
    table = toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    throw InputError(
        fmt::format("{}:{}: {}", name, error.source().begin.line, std::string(error.description())),
        "see toml.io for the syntax");
  }
  const Reader root(table, name, "");
  root.allow({"sources", "set", "system", "claim", "relation"});
  const Sources sources = read_sources(root);
  CatalogueFile file;
  for (const Reader& entry : root.tables("set")) {
    file.sets.push_back({read_set(entry), entry.place()});
  }
  for (const Reader& entry : root.tables("system")) {
    file.systems.push_back({read_system(entry, sources), entry.place()});
  }
  for (const Reader& entry : root.tables("claim")) {
    file.claims.push_back({read_claim(entry, sources), entry.place()});
  }
  for (const Reader& entry : root.tables("relation")) {
    file.relations.push_back({read_relation(entry, sources), entry.place()});
  }
  return file;
}

}  // namespace assay::results
