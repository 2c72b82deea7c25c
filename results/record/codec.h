// Values as JSON text and back, driven by `keys` functions: for a struct T,
//
//     template <typename Archive, typename T> void keys(Archive& archive, T& value) {
//       archive("seconds", value.seconds, "How long it took, in seconds");
//     }
// names each key once, in the order in which it is written. Members are numbers, booleans, strings,
// named enumerations (enums.h), structs with keys, and optionals, vectors and string-keyed maps of
// these. Reading accepts the keys in any order; every key must be present, and no other key may be,
// except those that the function names by `archive.derived()` where the archive has it. A key that
// came later has `since`: a text of an earlier schema does not have it, and its member then keeps
// its default.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "results/record/enums.h"

namespace assay::results::record {

/// What the published schema says about a key. It is neither written nor read with the value.
struct Description {
  // NOLINTNEXTLINE(google-explicit-constructor): most descriptions consist of a text only.
  constexpr Description(const char* text_ = "", const char* pattern_ = nullptr, double maximum_ = 0)
      : text(text_), pattern(pattern_), maximum(maximum_) {}
  /// The same for a key that schemas before this one lack.
  constexpr Description since_schema(int schema) const {
    Description out = *this;
    out.since = schema;
    return out;
  }
  const char* text;
  const char* pattern;  ///< regular expression that a string value must match; null: any string
  double maximum;       ///< upper limit of a number; 0: no limit
  int since = 0;        ///< first schema that has the key
};

/// The schema of a text whose keys all are present.
inline constexpr int kNewestSchema = std::numeric_limits<int>::max();

struct JsonStyle {
  int indent = -1;               ///< spaces per level; below 0: one line without spaces
  bool without_numbers = false;  ///< write arrays of numbers as empty arrays
  int schema = kNewestSchema;    ///< leave out keys that came later
};

// ---- writing

/// Appends JSON to a text. Numbers are written with the fewest digits that still read back equal.
/// Numbers that are not finite become null, and bytes that are not UTF-8 become U+FFFD.
class JsonWriter {
 public:
  JsonWriter(std::string& out, const JsonStyle& style) : out_(out), style_(style) {}

  template <typename T>
  void write(const T& value);

  /// For `keys` functions.
  template <typename T>
  void operator()(const char* key, const T& value, const Description& description = {}) {
    if (description.since > style_.schema) return;
    begin_item();
    write_key(key);
    write(value);
  }

 private:
  template <typename T>
  void write_all(const std::vector<T>& values);
  template <typename T>
  void write_map(const std::map<std::string, T>& values);
  void open(char bracket) {
    out_ += bracket;
    ++depth_;
    empty_ = true;
  }
  void close(char bracket) {
    --depth_;
    if (!empty_ && style_.indent >= 0) break_line();
    out_ += bracket;
    empty_ = false;
  }
  void begin_item() {
    if (!empty_) out_ += ',';
    empty_ = false;
    if (style_.indent >= 0) break_line();
  }
  /// Writes a key that needs no escapes.
  void write_key(std::string_view key) {
    out_ += '"';
    out_ += key;
    out_ += style_.indent >= 0 ? "\": " : "\":";
  }
  void break_line();
  void write_text(std::string_view text);
  void write_number(double value);
  void write_number(std::int64_t value);
  void write_number(std::uint64_t value);

  std::string& out_;
  const JsonStyle style_;
  int depth_ = 0;
  bool empty_ = true;  ///< nothing has been written since the last opening bracket
};

// ---- reading

/// The place of a value in the text. It becomes words only when an error reports it.
struct JsonPath {
  const JsonPath* above = nullptr;
  std::string_view key = {};
  std::string_view what = {};          ///< only in the topmost path: what is being read, "record"
  std::size_t index = kNoIndex;        ///< position in an array, used instead of a key
  int topmost_schema = kNewestSchema;  ///< only in the topmost path: the schema of the text

  static constexpr std::size_t kNoIndex = static_cast<std::size_t>(-1);
  std::string text() const;
  std::string_view topmost_what() const { return above == nullptr ? what : above->topmost_what(); }
  int schema() const { return above == nullptr ? topmost_schema : above->schema(); }
};

/// One value of a parsed text.
class JsonValue {
 public:
  /// The parser's own representation of a value; only codec.cpp interprets it.
  using Bits = std::array<std::uintptr_t, 2>;
  explicit JsonValue(const Bits& bits) : bits_(bits) {}

  const Bits& bits() const { return bits_; }
  bool is_null() const;
  /// These throw InputError naming the path if the value is of another type.
  bool truth(const JsonPath& path) const;
  double number(const JsonPath& path) const;  ///< NaN for null
  std::string_view text(const JsonPath& path) const;
  std::optional<std::string_view> text_or_none() const;
  std::uint64_t unsigned_up_to(std::uint64_t most, const JsonPath& path) const;
  std::int64_t signed_within(std::int64_t least, std::int64_t most, const JsonPath& path) const;

 private:
  Bits bits_;
};

/// The keys of one object. Keys in the order of writing are read without a search; keys in another
/// order are searched for.
class JsonObject {
 public:
  /// Throws InputError unless the value is an object.
  JsonObject(const JsonValue& value, const JsonPath& path);
  /// Throws InputError if the key is missing.
  JsonValue take(const char* key);
  /// For maps: reads the next key with its value. Returns false at the end.
  bool next(std::string_view& key, JsonValue& value);
  /// Passes over a key that may be there; its value is not read.
  void skip(const char* key);
  /// Call after all keys were read: throws InputError if another key is left.
  void finish() const;

 private:
  static constexpr std::size_t kMaximumKeys = 64;

  JsonValue object_;
  const JsonPath& path_;
  JsonValue::Bits next_, end_;
  std::array<const char*, kMaximumKeys> taken_;  // the first count_ are set
  std::size_t count_ = 0;
};

/// The values of an array, one after the other.
class JsonArray {
 public:
  /// Throws InputError ("… is not an array of `items`") unless the value is an array.
  JsonArray(const JsonValue& value, const JsonPath& path, const char* items);
  bool next(JsonValue& value);
  std::size_t size() const { return size_; }  ///< for reserving memory; at most 16777215

 private:
  JsonValue::Bits next_, end_;
  std::size_t size_;
};

[[noreturn]] void refuse_json(const JsonPath& path, const std::string& wanted);

/// A parsed text. Use it only on the thread that created it.
class JsonDocument {
 public:
  /// Throws InputError ("WHAT: not JSON: …").
  JsonDocument(std::string_view text, std::string_view what);
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;
  ~JsonDocument();
  JsonValue root() const { return JsonValue(root_); }

 private:
  struct Parser;
  Parser* parser_;
  JsonValue::Bits root_;
};

/// Reads the keys of one object; for `keys` functions.
class JsonReader {
 public:
  JsonReader(const JsonValue& value, const JsonPath& path) : object_(value, path), path_(path) {}

  template <typename T>
  void operator()(const char* key, T& value, const Description& description = {}) {
    if (description.since > 0 && description.since > path_.schema()) return;
    read(object_.take(key), {&path_, key}, value);
  }
  /// A key that some writers add and that follows from the others: not read.
  void derived(const char* key, const Description& = {}) { object_.skip(key); }
  void finish() const { object_.finish(); }

  template <typename T>
  static void read(const JsonValue& json, const JsonPath& path, T& value);

 private:
  template <typename T>
  static void read_all(const JsonValue& json, const JsonPath& path, std::vector<T>& values);
  template <typename T>
  static void read_map(const JsonValue& json, const JsonPath& path,
                       std::map<std::string, T>& values);
  template <typename Enum>
  static void read_named(const JsonValue& json, const JsonPath& path, Enum& value);

  JsonObject object_;
  const JsonPath& path_;
};

// ---- functions for callers

template <typename T>
void append_json(std::string& out, const T& value, const JsonStyle& style = {}) {
  JsonWriter(out, style).write(value);
}

template <typename T>
std::string encode(const T& value, const JsonStyle& style = {}) {
  std::string out;
  append_json(out, value, style);
  return out;
}

/// Reads into an existing value, for types that cannot be default-constructed. Throws InputError
/// that begins with `what` ("record") and names the key.
template <typename T>
void decode_into(T& value, std::string_view text, std::string_view what) {
  const JsonDocument document(text, what);
  JsonReader::read(document.root(), {nullptr, {}, what}, value);
}

/// Like decode_into(), but returns a new value.
template <typename T>
T decode(std::string_view text, std::string_view what) {
  T value{};
  decode_into(value, text, what);
  return value;
}

// ---- the templates

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <typename T>
inline constexpr bool kIsVector = false;
template <typename T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <typename T>
inline constexpr bool kIsMap = false;
template <typename T>
inline constexpr bool kIsMap<std::map<std::string, T>> = true;

template <typename T>
void JsonWriter::write(const T& value) {
  if constexpr (Named<T>) {
    write_text(name(value));
  } else if constexpr (std::same_as<T, bool>) {
    out_ += value ? "true" : "false";
  } else if constexpr (std::unsigned_integral<T>) {
    write_number(static_cast<std::uint64_t>(value));
  } else if constexpr (std::integral<T>) {
    write_number(static_cast<std::int64_t>(value));
  } else if constexpr (std::floating_point<T>) {
    write_number(static_cast<double>(value));
  } else if constexpr (std::convertible_to<T, std::string_view>) {
    write_text(value);
  } else if constexpr (kIsOptional<T>) {
    if (value) {
      write(*value);
    } else {
      out_ += "null";
    }
  } else if constexpr (kIsVector<T>) {
    write_all(value);
  } else if constexpr (kIsMap<T>) {
    write_map(value);
  } else {
    open('{');
    keys(*this, value);
    close('}');
  }
}

template <typename T>
void JsonWriter::write_all(const std::vector<T>& values) {
  open('[');
  if (!std::is_arithmetic_v<T> || !style_.without_numbers) {
    for (const T& value : values) {
      begin_item();
      write(value);
    }
  }
  close(']');
}

template <typename T>
void JsonWriter::write_map(const std::map<std::string, T>& values) {
  open('{');
  for (const auto& [key, value] : values) {
    begin_item();
    write_text(key);
    out_ += style_.indent >= 0 ? ": " : ":";
    write(value);
  }
  close('}');
}

template <typename T>
void JsonReader::read(const JsonValue& json, const JsonPath& path, T& value) {
  if constexpr (Named<T>) {
    read_named(json, path, value);
  } else if constexpr (std::same_as<T, bool>) {
    value = json.truth(path);
  } else if constexpr (std::unsigned_integral<T>) {
    value = static_cast<T>(json.unsigned_up_to(std::numeric_limits<T>::max(), path));
  } else if constexpr (std::integral<T>) {
    value = static_cast<T>(
        json.signed_within(std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), path));
  } else if constexpr (std::floating_point<T>) {
    value = static_cast<T>(json.number(path));
  } else if constexpr (std::same_as<T, std::string>) {
    value = json.text(path);
  } else if constexpr (kIsOptional<T>) {
    value.reset();
    if (!json.is_null()) read(json, path, value.emplace());
  } else if constexpr (kIsVector<T>) {
    read_all(json, path, value);
  } else if constexpr (kIsMap<T>) {
    read_map(json, path, value);
  } else {
    JsonReader inner(json, path);
    keys(inner, value);
    inner.finish();
  }
}

template <typename T>
void JsonReader::read_all(const JsonValue& json, const JsonPath& path, std::vector<T>& values) {
  static_assert(!std::same_as<T, bool>, "elements of vector<bool> are not references");
  constexpr const char* items = std::is_arithmetic_v<T>        ? "numbers"
                                : std::same_as<T, std::string> ? "strings"
                                                               : "objects";
  JsonArray array(json, path, items);
  values.clear();
  values.reserve(array.size());
  for (JsonValue item = json; array.next(item);) {
    T& value = values.emplace_back();
    read(item, {&path, {}, {}, values.size() - 1}, value);
  }
}

template <typename T>
void JsonReader::read_map(const JsonValue& json, const JsonPath& path,
                          std::map<std::string, T>& values) {
  values.clear();
  JsonObject object(json, path);
  std::string_view key;
  for (JsonValue item = json; object.next(key, item);) {
    // Keys are written in sorted order, so each one belongs at the end.
    read(item, {&path, key}, values.try_emplace(values.end(), std::string(key))->second);
  }
}

template <typename Enum>
void JsonReader::read_named(const JsonValue& json, const JsonPath& path, Enum& value) {
  const std::optional<std::string_view> text = json.text_or_none();
  const std::optional<Enum> found = text ? named<Enum>(*text) : std::nullopt;
  if (found) {
    value = *found;
    return;
  }
  std::string allowed;
  for (const Enum one : Names<Enum>::all) {
    allowed += fmt::format("{}{}", allowed.empty() ? "" : ", ", name(one));
  }
  refuse_json(path, "one of " + allowed);
}

}  // namespace assay::results::record
