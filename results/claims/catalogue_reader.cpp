#include "results/claims/catalogue_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/claims/characters.h"
#include "results/claims/quantity_kind.h"
#include "results/claims/units.h"
#include "results/record/pattern.h"

namespace assay::results::claims {
namespace {

std::vector<std::string> keys_of(const auto& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

Standing read_standing(const Reader& reader) {
  return standing_of(reader.choice("standing", standing_names()));
}

template <typename Parse>
auto parsed(const Reader& reader, const std::string& key, Parse parse) {
  const std::string text = with_plain_spaces(reader.text(key));
  try {
    return parse(text);
  } catch (const InputError& error) {
    reader.fail(key, error.what(), error.hint());
  }
}

/// Names of the quantities that are in this dimension, those that begin like `quantity` first.
std::string quantities_in(const Dimension& dimension, const std::string& quantity) {
  if (dimension == Dimension{}) return "";
  const std::string first = quantity.substr(0, quantity.find('.'));
  std::vector<std::string> near, others;
  for (const std::string& name : quantity_names()) {
    if (dimension_of(name) != in_dollars(dimension)) continue;
    (name == first || name.starts_with(first + ".") ? near : others).push_back(name);
  }
  const std::vector<std::string>& names = near.empty() ? others : near;
  return names.empty() ? "" : fmt::format("a quantity in this unit is {}", fmt::join(names, ", "));
}

/// How to mend a value of another dimension.
std::string dimension_hint(const std::string& quantity, const Quantity& value,
                           const Dimension& expected) {
  if (value.unit.empty()) return "write the unit behind the number";
  if (const std::string named = quantities_in(value.dimension, quantity); !named.empty()) {
    return named + "; else correct the unit";
  }
  Dimension without = value.dimension;
  without[Base::device] = expected[Base::device];
  if (without == expected) {
    return expected[Base::device] == 0
               ? "a figure per device belongs to the system that is one device: name that system "
                 "and leave the device out of the unit"
               : "write for example GPU·h or USD/GPU/h";
  }
  if (value.unit == "B" && expected == Dimension{}) {
    return "B is a byte; write a billion as G directly behind the number: 671G";
  }
  return "correct the unit or the quantity";
}

const QuantityKind& known_kind(const Reader& reader, const std::string& quantity) {
  if (const QuantityKind* kind = kind_of(quantity)) return *kind;
  reader.fail(
      "quantity", fmt::format("unknown quantity `{}`", quantity),
      did_you_mean(quantity, quantity_names(),
                   fmt::format("quantities begin with {}", fmt::join(quantity_names(), ", "))));
}

void check_dimension(const Reader& reader, const std::string& quantity, const std::string& key,
                     const Quantity& value) {
  const QuantityKind* const kind = &known_kind(reader, quantity);
  const Dimension expected = parse_unit(kind->unit).dimension;
  if (in_dollars(value.dimension) != expected) {
    // A usual unit says more than a product of base units.
    const bool price = expected[Base::dollar] != 0;
    const bool named = price || expected[Base::device] != 0;
    reader.fail(
        key,
        fmt::format("`{}` is in {}, but {} is in {}{}", reader.text(key), symbol(value.dimension),
                    quantity, named ? kind->unit : symbol(expected),
                    price ? " or another currency" : ""),
        dimension_hint(quantity, value, expected));
  }
}

/// The range of the last digit, or of the stated uncertainty: "5 %", "10 W", "0".
statistics::Interval read_range(const Reader& reader, const PublishedValue& published) {
  if (!reader.has("uncertainty")) return published.range;
  const Quantity& value = published.quantity;
  const Quantity stated = parsed(reader, "uncertainty", parse_quantity);
  const bool relative = stated.dimension == Dimension{};
  if (!relative && stated.dimension != value.dimension) {
    reader.fail(
        "uncertainty",
        fmt::format("is in {}, the value in {}", symbol(stated.dimension), symbol(value.dimension)),
        "write a percentage such as 5 %, or use the unit of the value");
  }
  if (stated.value < 0) reader.fail("uncertainty", "is negative");
  const bool share = relative && (stated.unit == "%" || value.dimension != Dimension{});
  if (share && stated.value >= 1) {
    reader.fail("uncertainty", "is as large as the value or larger, so the value says nothing",
                "write less than 100 %, or leave the entry out");
  }
  const double reach = share ? std::abs(value.value) * stated.value : stated.value;
  return {published.ends.lower - reach, published.ends.upper + reach};
}

/// "30 % better" is a ratio of 1.3 and "30 % of it" one of 0.3, so a ratio in % needs a sign.
void check_share(const Reader& reader, const std::string& quantity, const std::string& key,
                 const PublishedValue& value) {
  if (value.change || value.quantity.unit != "%" || quantity.empty()) return;
  if (known_kind(reader, quantity).name != "ratio") return;
  reader.fail(
      key,
      fmt::format("`{}` of {} may mean more by so much, or so much of it", reader.text(key),
                  quantity),
      "write +30-40 % for an increase by that, -30 % for a reduction, or 0.3 x for a share");
}

/// A value that no machine has is a slip of the pen, and infinite ones cannot be compared.
void check_size(const Reader& reader, const std::string& key, const PublishedValue& value) {
  constexpr double kLeast = 1e-30, kMost = 1e35;
  const bool temperature = value.quantity.dimension == parse_unit("°C").dimension;
  if (value.ends.lower < 0 && !temperature) {
    reader.fail(key, fmt::format("`{}` is negative", reader.text(key)),
                "write the amount without a minus; a reduction in % is a change: -30 %");
  }
  for (const double end : {value.ends.lower, value.ends.upper}) {
    const double size = std::abs(end);
    if (size == 0 || (size >= kLeast && size <= kMost)) continue;
    reader.fail(key,
                size > 1 ? "is larger than anything that is measured"
                         : "is smaller than anything that is measured",
                "correct the number or the unit");
  }
}

/// A change in % is a ratio, so it cannot be the value of a power or a share.
void check_change(const Reader& reader, const std::string& quantity, const std::string& key) {
  if (quantity.empty() || known_kind(reader, quantity).name == "ratio") return;
  reader.fail(key, fmt::format("`{}` is a change, but {} is none", reader.text(key), quantity),
              "a change is the value of a quantity such as ratio.throughput, or of an expression "
              "such as \"a:power / b:power\"");
}

}  // namespace

void Reader::fail(std::string_view key, const std::string& what, const std::string& hint) const {
  const toml::node* node = table_.get(key);
  const Place at{file_, (node != nullptr ? *node : table_).source().begin.line};
  throw InputError(fmt::format("{}: {}: {}", at.text(), name_of(key), what), hint);
}

void Reader::allow(std::initializer_list<std::string> keys) const {
  allow(std::span(keys.begin(), keys.size()));
}

void Reader::allow(std::span<const std::string> keys) const {
  for (const auto& [key, node] : table_) {
    if (std::find(keys.begin(), keys.end(), key.str()) == keys.end()) {
      fail(key.str(), "unknown key",
           did_you_mean(key.str(), keys, fmt::format("keys here are {}", fmt::join(keys, ", "))));
    }
  }
}

bool Reader::is_text(std::string_view key) const {
  const toml::node* node = table_.get(key);
  return node != nullptr && node->is_string();
}

std::string Reader::text(std::string_view key) const {
  if (!has(key)) fail(key, "missing");
  std::string value = optional_text(key);
  if (is_blank(value)) fail(key, "is empty");
  return value;
}

std::string Reader::optional_text(std::string_view key) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return {};
  const auto value = node->value_exact<std::string>();
  if (!value) {
    fail(key, "must be a string in quotes",
         node->is_date()     ? fmt::format("write {} = \"YYYY-MM-DD\"", key)
         : node->is_number() ? fmt::format("write for example {} = \"3.2 TB/s\"", key)
                             : "");
  }
  if (has_hidden_characters(*value)) {
    fail(key, "has control characters or marks of writing direction, which a reader does not see",
         "remove them");
  }
  return *value;
}

bool Reader::flag(std::string_view key) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return false;
  const auto value = node->value_exact<bool>();
  if (!value) fail(key, "must be true or false");
  return *value;
}

double Reader::number(std::string_view key, double fallback, double lowest, double highest) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) return fallback;
  const auto value = node->value<double>();
  if (!value || !(*value >= lowest && *value <= highest)) {
    fail(key, fmt::format("must be a number from {} to {}", lowest, highest),
         node->is_string() ? "write it without quotes and without a unit: 0.7 for 70 %" : "");
  }
  return *value;
}

std::vector<std::string> Reader::texts(std::string_view key) const {
  std::vector<std::string> out;
  const toml::node* node = table_.get(key);
  if (node == nullptr) return out;
  const toml::array* array = node->as_array();
  if (array == nullptr) fail(key, "must be an array of strings");
  for (const toml::node& element : *array) {
    const auto value = element.value_exact<std::string>();
    if (!value) fail(key, "must be an array of strings");
    out.push_back(*value);
  }
  return out;
}

std::vector<Reader> Reader::tables(std::string_view key) const {
  std::vector<Reader> out;
  const toml::node* node = table_.get(key);
  if (node == nullptr) return out;
  const toml::array* array = node->as_array();
  if (array == nullptr || !array->is_array_of_tables()) {
    fail(key, fmt::format("must be tables with the heading [[{}]]", name_of(key)));
  }
  for (const toml::node& element : *array) {
    out.emplace_back(*element.as_table(), file_, name_of(key));
  }
  return out;
}

std::map<std::string, Reader> Reader::named_tables(std::string_view key) const {
  std::map<std::string, Reader> out;
  for (const auto& [name, node] : table(key)) {
    if (!node.is_table()) fail(key, fmt::format("`{}` must be a table", name.str()));
    out.emplace(name.str(),
                Reader(*node.as_table(), file_, fmt::format("{}.{}", name_of(key), name.str())));
  }
  return out;
}

std::map<std::string, std::string> Reader::named_texts(std::string_view key) const {
  std::map<std::string, std::string> out;
  for (const auto& [name, node] : table(key)) {
    const auto value = node.value_exact<std::string>();
    if (!value) fail(key, fmt::format("`{}` must be a string in quotes", name.str()));
    out.emplace(name.str(), *value);
  }
  return out;
}

std::map<std::string, int> Reader::named_counts(std::string_view key) const {
  std::map<std::string, int> out;
  for (const auto& [name, node] : table(key)) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < 1 || *value > 1000000) {
      fail(key, fmt::format("`{}` must be a whole number from 1 to 1000000", name.str()));
    }
    out.emplace(name.str(), static_cast<int>(*value));
  }
  return out;
}

std::string Reader::id() const {
  static const record::Pattern pattern("[a-z0-9]+(-[a-z0-9]+)*");
  const std::string value = text("id");
  if (!pattern.fits(value)) {
    fail("id", fmt::format("`{}` is not an id", value), "write lower-case words joined by hyphens");
  }
  return value;
}

std::string Reader::choice(std::string_view key, std::span<const std::string> choices) const {
  const std::string value = text(key);
  if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
    fail(key, fmt::format("`{}` is not a {}", value, key),
         did_you_mean(value, choices, fmt::format("must be one of {}", fmt::join(choices, ", "))));
  }
  return value;
}

std::string Reader::name_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

const toml::table& Reader::table(std::string_view key) const {
  static const toml::table none;
  const toml::node* node = table_.get(key);
  if (node == nullptr) return none;
  if (!node->is_table()) fail(key, "must be a table");
  return *node->as_table();
}

Sources read_sources(const Reader& root) {
  Sources sources;
  for (const auto& [key, reader] : root.named_tables("sources")) {
    reader.allow({"title", "url", "section", "date", "publisher", "read", "archive", "sha256"});
    sources[key] = {reader.text("title"),
                    reader.optional_text("url"),
                    reader.optional_text("section"),
                    reader.optional_text("date"),
                    reader.optional_text("publisher"),
                    reader.optional_text("read"),
                    reader.optional_text("archive"),
                    reader.optional_text("sha256")};
  }
  return sources;
}

Property read_citation(const Reader& reader, const Sources& sources) {
  Property property;
  property.standing = read_standing(reader);
  property.source_key = reader.text("source");
  const auto found = sources.find(property.source_key);
  if (found == sources.end()) {
    reader.fail("source", fmt::format("there is no [sources.{}] in this file", property.source_key),
                did_you_mean(property.source_key, keys_of(sources)));
  }
  property.source = found->second;
  return property;
}

Property read_figure(const Reader& reader, const Sources& sources, const std::string& quantity,
                     const std::string& key) {
  static const std::vector<std::string> scopes = {"die", "chip", "board", "node", "rack", "system"};
  const PublishedValue value = parsed(reader, key, parse_value);
  if (value.change) check_change(reader, quantity, key);
  check_share(reader, quantity, key, value);
  check_size(reader, key, value);
  if (!quantity.empty()) check_dimension(reader, quantity, key, value.quantity);
  Property property = read_citation(reader, sources);
  property.value = value.quantity.value;
  property.written = value.quantity.written;
  property.unit = value.quantity.unit;
  property.dimension = value.quantity.dimension;
  property.range = read_range(reader, value);
  if (value.is_range) property.ends = value.ends;
  property.bound = value.bound;
  property.maximum = value.maximum;
  property.reduction = value.reduction;
  property.text = value.text;
  if (reader.has("scope")) property.scope = reader.choice("scope", scopes);
  property.note = reader.optional_text("note");
  return property;
}

Comparison read_comparison(const Reader& reader) {
  static const std::map<std::string, Comparison> known = {{"equal", Comparison::equal},
                                                          {"at least", Comparison::at_least},
                                                          {"at most", Comparison::at_most}};
  return reader.has("comparison") ? known.at(reader.choice("comparison", keys_of(known)))
                                  : Comparison::equal;
}

}  // namespace assay::results::claims
