#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <nlohmann/json.hpp>

#include "kernels/error.h"
#include "results/record/keys.h"
#include "results/record/record.h"
#include "results/record/text.h"

namespace assay::results::record {

using nlohmann::ordered_json;

namespace {

struct Writer {
  ordered_json json = ordered_json::object();

  template <typename T>
  void operator()(const char* key, const T& value) {
    if constexpr (Named<T>) {
      json[key] = name(value);
    } else if constexpr (std::is_arithmetic_v<T> || std::same_as<T, std::string> ||
                         std::same_as<T, Properties> || std::same_as<T, std::vector<double>>) {
      json[key] = value;
    } else {
      Writer inner;
      keys(inner, value);
      json[key] = std::move(inner.json);
    }
  }
  void operator()(const char* key, const std::optional<double>& value) {
    json[key] = value ? ordered_json(*value) : ordered_json(nullptr);
  }
  template <typename T>
  void operator()(const char* key,
                  const std::vector<T>& values) requires(!std::same_as<T, double>) {
    json[key] = ordered_json::array();
    for (const T& value : values) {
      Writer inner;
      keys(inner, value);
      json[key].push_back(std::move(inner.json));
    }
  }
};

/// Leads to a value, for errors; put into words only for those.
struct Path {
  const Path* above = nullptr;
  std::string_view key = {};

  std::string text() const {
    std::string out = above == nullptr ? std::string() : above->text();
    if (!out.empty() && !key.starts_with('[')) out += '.';
    return out.append(key);
  }
};

/// Reads one object; `path` leads to it.
class Reader {
 public:
  Reader(const ordered_json& json, const Path& path) : json_(json), path_(path) {
    if (!json.is_object()) fail(path_, "an object");
  }

  template <typename T>
  void operator()(const char* key, T& value) {
    const auto found = json_.find(key);
    if (found == json_.end()) {
      throw InputError(fmt::format("record: {} is missing", below(key).text()),
                       "the record is damaged or was not written by assay");
    }
    known_.push_back(key);
    read(*found, below(key), value);
  }

  /// After all keys: nothing may be left over.
  void finish() const {
    if (known_.size() == json_.size()) return;
    for (const auto& [key, value] : json_.items()) {
      if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
      throw InputError(
          fmt::format("record: {} is no key of record schema {}", below(key).text(), kRecordSchema),
          "remove it, or upgrade assay if a newer version wrote it");
    }
  }

 private:
  Path below(std::string_view key) const { return {&path_, key}; }

  [[noreturn]] static void fail(const Path& path, const std::string& wanted) {
    const std::string text = path.text();
    throw InputError(fmt::format("record: {} is not {}", text.empty() ? "the text" : text, wanted),
                     "results/schema/record.schema.json says what each key holds");
  }

  template <typename T>
  void read(const ordered_json& json, const Path& path, T& value) const {
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
      Reader inner(json, path);
      keys(inner, value);
      inner.finish();
    }
  }

  static void read(const ordered_json& json, const Path& path, double& value) {
    if (!json.is_number() && !json.is_null()) fail(path, "a number or null");
    value = json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
  }

  static void read(const ordered_json& json, const Path& path, std::optional<double>& value) {
    value.reset();
    if (!json.is_null()) read(json, path, value.emplace());
  }

  static void read(const ordered_json& json, const Path& path, std::vector<double>& values) {
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
  void read(const ordered_json& json, const Path& path, std::vector<T>& values) const {
    if (!json.is_array()) fail(path, "an array of objects");
    values.resize(json.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string index = fmt::format("[{}]", i);
      read(json[i], Path{&path, index}, values[i]);
    }
  }

  void read(const ordered_json& json, const Path& path, Properties& properties) const {
    if (!json.is_object()) fail(path, "an object");
    properties.clear();
    for (const auto& [key, value] : json.items()) read(value, Path{&path, key}, properties[key]);
  }

  template <typename Enum>
  static void read_name(const ordered_json& json, const Path& path, Enum& value) {
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
  static void read_integer(const ordered_json& json, const Path& path, T& value) {
    const bool fits = json.is_number_unsigned()
                          ? std::in_range<T>(json.get<std::uint64_t>())
                          : json.is_number_integer() && std::in_range<T>(json.get<std::int64_t>());
    if (!fits) {
      fail(path, fmt::format("a whole number from {} to {}", std::numeric_limits<T>::min(),
                             std::numeric_limits<T>::max()));
    }
    value = json.get<T>();
  }

  const ordered_json& json_;
  const Path path_;
  std::vector<std::string_view> known_;
};

}  // namespace

std::string to_json(const Record& record, int indent) {
  if (indent < 0) {
    std::string text;
    append_text(text, record, Samples::all);
    return text;
  }
  Writer writer;
  keys(writer, record);
  // Names and messages come from drivers: what is not UTF-8 in them is replaced, not refused.
  return writer.json.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

Record record_from_json(std::string_view text) {
  if (Record record; read_text(text, record)) return record;
  // Whatever is in another order, or wrong, is taken apart with care.
  ordered_json json;
  try {
    json = ordered_json::parse(text);
  } catch (const ordered_json::exception& error) {
    throw InputError(fmt::format("record: not JSON: {}", error.what()),
                     "the record is cut off or damaged");
  }
  int schema = 0;
  Reader(json, Path{})("schema", schema);
  if (schema != kRecordSchema) {
    throw InputError(fmt::format("record has schema {}, which this assay does not read", schema),
                     "upgrade assay if a newer version wrote the record");
  }
  Reader reader(json, Path{});
  Record record;
  keys(reader, record);
  reader.finish();
  return record;
}

}  // namespace assay::results::record
