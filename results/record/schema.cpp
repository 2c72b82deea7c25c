#include "results/record/schema.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "results/record/codec.h"
#include "results/record/json_library.h"
#include "results/record/keys.h"

namespace assay::results::record {

namespace {

using nlohmann::ordered_json;

/// Visits keys as a reader or a writer does, and records their types for the schema.
class SchemaWriter {
 public:
  template <typename T>
  void operator()(const char* key, const T& value, const Description& description = {}) {
    add(key, property(value, description), description.since == 0);
  }

  /// An object that some writers add; a reader does not use it.
  void derived(const char* key, const Description& description) {
    properties_[key] = {{"description", description.text}, {"type", "object"}};
  }

  template <typename T>
  static ordered_json object(const T& value) {
    SchemaWriter inner;
    keys(inner, value);
    return inner.object_of_keys();
  }

 private:
  // Not templates: building JSON takes long to compile.
  void add(const char* key, ordered_json property, bool in_every_schema) {
    properties_[key] = std::move(property);
    if (in_every_schema) required_.push_back(key);
  }
  ordered_json object_of_keys() const {
    return {{"type", "object"},
            {"properties", properties_},
            {"required", required_},
            {"additionalProperties", false}};
  }
  template <typename T>
  static ordered_json property(const T& value, const Description& description) {
    return described(text_of<T>(description), type_of(value), description);
  }
  static ordered_json described(const std::string& text, const ordered_json& type,
                                const Description& description) {
    ordered_json out = {{"description", text}};
    out.update(type);
    if (description.pattern != nullptr) out["pattern"] = description.pattern;
    if (description.maximum > 0) out["maximum"] = description.maximum;
    return out;
  }

  /// The description of the key, followed by the meaning of each allowed name.
  template <typename T>
  static std::string text_of(const Description& description) {
    std::string text = description.text;
    if constexpr (Tabled<T>) {
      const char* separator = ". ";
      for (const auto& row : Table<T>::kRows) {
        text += fmt::format("{}{}: {}", separator, row.name, row.meaning);
        separator = "; ";
      }
    }
    return text;
  }

  template <typename T>
  static ordered_json type_of(const T& value) {
    if constexpr (Named<T>) {
      ordered_json names = ordered_json::array();
      for (const T one : Names<T>::all) names.push_back(name(one));
      return {{"enum", names}};
    } else if constexpr (std::same_as<T, bool>) {
      return {{"type", "boolean"}};
    } else if constexpr (std::integral<T>) {
      return {{"type", "integer"},
              {"minimum", std::max<T>(std::numeric_limits<T>::min(), 0)},
              {"maximum", std::numeric_limits<T>::max()}};
    } else if constexpr (std::floating_point<T>) {
      return {{"type", {"number", "null"}}, {"minimum", 0}};
    } else if constexpr (std::same_as<T, std::string>) {
      return {{"type", "string"}};
    } else if constexpr (kIsOptional<T>) {
      return {{"type", {"number", "null"}}};
    } else if constexpr (kIsVector<T>) {
      return {{"type", "array"}, {"items", item_of(typename T::value_type{})}};
    } else if constexpr (kIsMap<T>) {
      return {{"type", "object"}, {"additionalProperties", item_of(typename T::mapped_type{})}};
    } else {
      return object(value);
    }
  }
  /// For maps and arrays, whose numbers may be negative.
  template <typename T>
  static ordered_json item_of(const T& value) {
    if constexpr (std::floating_point<T>) return {{"type", {"number", "null"}}};
    return type_of(value);
  }

  ordered_json properties_ = ordered_json::object();
  ordered_json required_ = ordered_json::array();
};

/// Constraints on the record of a modelled device.
constexpr const char* kModelledRules = R"({
  "if": {"properties": {"device": {"properties": {"modelled": {"const": true}}}}},
  "then": {
    "properties": {
      "origin": {"enum": ["imported", "modelled"]},
      "device_seconds": {"maxItems": 0},
      "host_seconds": {"maxItems": 0},
      "summary": {"properties": {"count": {"const": 0}, "confidence": {"const": 0}}},
      "check": {"properties": {"outcome": {"const": "unchecked"}}}
    }
  },
  "else": {"properties": {"origin": {"enum": ["measured", "imported"]}}}
})";

}  // namespace

std::string record_schema() {
  ordered_json out = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"title", fmt::format("Assay record, schema {}", kRecordSchema)},
                      {"description",
                       "One measurement of one problem by one implementation on one device, with "
                       "everything known about it. Keys are written in this order. A number that "
                       "is not finite or not known is null. Durations are in seconds."}};
  out.update(SchemaWriter::object(Record{}));
  ordered_json& schema = out["properties"]["schema"];
  schema = {{"description", schema["description"]}};
  if (kRecordSchema == 1) {
    schema["const"] = kRecordSchema;
  } else {
    schema.update({{"type", "integer"}, {"minimum", 1}, {"maximum", kRecordSchema}});
  }
  out.update(ordered_json::parse(kModelledRules));
  return out.dump(2) + "\n";
}

}  // namespace assay::results::record
