// JSON of any struct that has a `keys` function (keys.h), by way of nlohmann's tree: encode()
// writes it, decode() reads it and names the key at fault. For records and for messages between
// processes.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <concepts>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/error.h"
#include "results/record/keys.h"

namespace assay::results::record {

struct JsonWriter {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();

  template <typename T>
  void operator()(const char* key, const T& value) {
    json[key] = json_of(value);
  }
  /// A key that older schemas do not have.
  template <typename T>
  void since(int, const char* key, const T& value) {
    (*this)(key, value);
  }

 private:
  template <typename T>
  static nlohmann::ordered_json json_of(const T& value) {
    if constexpr (Named<T>) {
      return name(value);
    } else if constexpr (std::is_arithmetic_v<T> || std::same_as<T, std::string> ||
                         std::same_as<T, Properties>) {
      return value;
    } else {
      JsonWriter inner;
      keys(inner, value);
      return std::move(inner.json);
    }
  }
  static nlohmann::ordered_json json_of(const std::optional<double>& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
  }
  template <typename T>
  static nlohmann::ordered_json json_of(const std::vector<T>& values) {
    auto list = nlohmann::ordered_json::array();
    for (const T& value : values) list.push_back(json_of(value));
    return list;
  }
};

/// Leads to a value, for errors; put into words only for those.
struct JsonPath {
  const JsonPath* above = nullptr;
  std::string_view key = {};

  std::string text() const {
    std::string out = above == nullptr ? std::string() : above->text();
    if (!out.empty() && !key.starts_with('[')) out += '.';
    return out.append(key);
  }
};

/// Reads one object; `path` leads to it, and `what` says what the whole is, for errors.
class JsonReader {
 public:
  JsonReader(const nlohmann::ordered_json& json, const JsonPath& path, std::string_view what,
             int schema = kRecordSchema)
      : json_(json), path_(path), what_(what), schema_(schema) {
    if (!json.is_object()) fail(path_, "an object");
  }

  template <typename T>
  void operator()(const char* key, T& value) {
    const auto found = json_.find(key);
    if (found == json_.end()) {
      throw InputError(fmt::format("{}: {} is missing", what_, below(key).text()),
                       fmt::format("the {} is damaged or was not written by assay", what_));
    }
    known_.push_back(key);
    read(*found, below(key), value);
  }

  /// A key that schemas before `first` do not have: left as it is there.
  template <typename T>
  void since(int first, const char* key, T& value) {
    if (schema_ >= first) (*this)(key, value);
  }

  /// After all keys: nothing may be left over.
  void finish() const {
    if (known_.size() == json_.size()) return;
    for (const auto& [key, value] : json_.items()) {
      if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
      throw InputError(fmt::format("{}: {} is no key of {} schema {}", what_, below(key).text(),
                                   what_, kRecordSchema),
                       "remove it, or upgrade assay if a newer version wrote it");
    }
  }

 private:
  JsonPath below(std::string_view key) const { return {&path_, key}; }

  [[noreturn]] void fail(const JsonPath& path, const std::string& wanted) const {
    const std::string text = path.text();
    throw InputError(
        fmt::format("{}: {} is not {}", what_, text.empty() ? "the text" : text, wanted),
        "results/schema/record.schema.json says what each key holds");
  }

  template <typename T>
  void read(const nlohmann::ordered_json& json, const JsonPath& path, T& value) const {
    if constexpr (Named<T>) {
      read_name(json, path, value);
    } else if constexpr (std::same_as<T, bool>) {
      if (!json.is_boolean()) fail(path, "true or false");
      value = json.get<bool>();
    } else if constexpr (std::integral<T>) {
      read_integer(json, path, value);
    } else if constexpr (std::same_as<T, std::string>) {
      if (!json.is_string()) fail(path, "a string");
      value = json.get<std::string>();
    } else {
      JsonReader inner(json, path, what_, schema_);
      keys(inner, value);
      inner.finish();
    }
  }

  void read(const nlohmann::ordered_json& json, const JsonPath& path, double& value) const {
    if (!json.is_number() && !json.is_null()) fail(path, "a number or null");
    value = json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
  }

  void read(const nlohmann::ordered_json& json, const JsonPath& path,
            std::optional<double>& value) const {
    value.reset();
    if (!json.is_null()) read(json, path, value.emplace());
  }

  void read(const nlohmann::ordered_json& json, const JsonPath& path,
            std::vector<double>& values) const {
    if (!json.is_array()) fail(path, "an array of numbers");
    values.resize(json.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!json[i].is_number() && !json[i].is_null()) {
        fail({&path, fmt::format("[{}]", i)}, "a number or null");
      }
      read(json[i], path, values[i]);
    }
  }

  template <typename T>
  void read(const nlohmann::ordered_json& json, const JsonPath& path,
            std::vector<T>& values) const {
    if (!json.is_array()) {
      fail(path, std::same_as<T, std::string> ? "an array of strings" : "an array of objects");
    }
    values.resize(json.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string index = fmt::format("[{}]", i);
      read(json[i], JsonPath{&path, index}, values[i]);
    }
  }

  void read(const nlohmann::ordered_json& json, const JsonPath& path,
            Properties& properties) const {
    if (!json.is_object()) fail(path, "an object");
    properties.clear();
    for (const auto& [key, value] : json.items())
      read(value, JsonPath{&path, key}, properties[key]);
  }

  template <typename Enum>
  void read_name(const nlohmann::ordered_json& json, const JsonPath& path, Enum& value) const {
    std::string allowed;
    for (const Enum candidate : Names<Enum>::all) {
      if (json == name(candidate)) {
        value = candidate;
        return;
      }
      allowed += fmt::format("{}{}", allowed.empty() ? "" : ", ", name(candidate));
    }
    fail(path, "one of " + allowed);
  }

  template <typename T>
  void read_integer(const nlohmann::ordered_json& json, const JsonPath& path, T& value) const {
    const bool fits = json.is_number_unsigned()
                          ? std::in_range<T>(json.get<std::uint64_t>())
                          : json.is_number_integer() && std::in_range<T>(json.get<std::int64_t>());
    if (!fits) {
      fail(path, fmt::format("a whole number from {} to {}", std::numeric_limits<T>::min(),
                             std::numeric_limits<T>::max()));
    }
    value = json.get<T>();
  }

  const nlohmann::ordered_json& json_;
  const JsonPath path_;
  std::string_view what_;
  int schema_;
  std::vector<std::string_view> known_;
};

/// JSON text of a value, one line where `indent` is below 0. What is not UTF-8 in its texts (names
/// and messages come from drivers) is replaced, not refused.
template <typename T>
std::string encode(const T& value, int indent = -1) {
  JsonWriter writer;
  keys(writer, value);
  return writer.json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// Reads a value from JSON text. `what` says what it is, for errors. Throws InputError that names
/// the key at fault.
template <typename T>
void decode_into(T& value, std::string_view text, std::string_view what) {
  nlohmann::ordered_json json;
  try {
    json = nlohmann::ordered_json::parse(text);
  } catch (const nlohmann::ordered_json::exception& error) {
    throw InputError(fmt::format("{}: not JSON: {}", what, error.what()),
                     fmt::format("the {} is cut off or damaged", what));
  }
  JsonReader reader(json, JsonPath{}, what);
  keys(reader, value);
  reader.finish();
}
template <typename T>
T decode(std::string_view text, std::string_view what) {
  T value;
  decode_into(value, text, what);
  return value;
}

}  // namespace assay::results::record
