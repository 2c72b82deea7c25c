#include "results/record/codec.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>

#include "results/record/printable.h"

namespace assay::results::record {

namespace dom = simdjson::dom;

namespace {

// ---- writing

/// U+FFFD.
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

bool is_plain(unsigned char c) {
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/// Length in bytes of the well-formed UTF-8 character at the beginning of the text, or 0 if there
/// is none. In that case `broken` is the length of the longest beginning of such a character
/// (Unicode 15, table 3-7), which one U+FFFD replaces.
std::size_t character_at(std::string_view text, std::size_t& broken) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  broken = 1;
  std::size_t length = 0;
  unsigned char low = 0x80, high = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
  } else {
    return lead < 0x80 ? 1 : 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (i >= text.size() || byte(i) < low || byte(i) > high) return 0;
    broken = i + 1;
    low = 0x80;
    high = 0xbf;
  }
  return length;
}

void append_escaped(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  }
}

template <typename T>
void append_number(std::string& out, T value) {
  std::array<char, 32> text;
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  out.append(text.data(), result.ptr);
}

}  // namespace

void JsonWriter::break_line() {
  out_ += '\n';
  out_.append(static_cast<std::size_t>(depth_ * style_.indent), ' ');
}

void JsonWriter::write_text(std::string_view text) {
  out_ += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(static_cast<unsigned char>(text[plain]))) ++plain;
    out_ += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    std::size_t broken = 0;
    const std::size_t length = character_at(text, broken);
    if (length == 1) {
      append_escaped(out_, static_cast<unsigned char>(text[0]));
    } else {
      out_ += length > 0 ? text.substr(0, length) : kReplacement;
    }
    text.remove_prefix(length > 0 ? length : broken);
  }
  out_ += '"';
}

void JsonWriter::write_number(double value) {
  if (!std::isfinite(value)) {
    out_ += "null";
    return;
  }
  const std::size_t from = out_.size();
  append_number(out_, value);
  // Keep a fraction, so that readers which distinguish integers from floats still see a float.
  if (out_.find_first_of(".e", from) == std::string::npos) out_ += ".0";
}
void JsonWriter::write_number(std::int64_t value) {
  append_number(out_, value);
}
void JsonWriter::write_number(std::uint64_t value) {
  append_number(out_, value);
}

// ---- reading

namespace {

template <typename T>
JsonValue::Bits bits_of(const T& value) {
  static_assert(sizeof(T) == sizeof(JsonValue::Bits) && std::is_trivially_copyable_v<T>);
  return std::bit_cast<JsonValue::Bits>(value);
}
template <typename T>
T from_bits(const JsonValue::Bits& bits) {
  return std::bit_cast<T>(bits);
}
dom::element element_of(const JsonValue& value) {
  return from_bits<dom::element>(value.bits());
}
JsonValue value_of(const dom::element& element) {
  return JsonValue(bits_of(element));
}

}  // namespace

std::string JsonPath::text() const {
  std::string out = above == nullptr ? std::string() : above->text();
  if (index != kNoIndex) return out + fmt::format("[{}]", index);
  if (!out.empty()) out += '.';
  return out.append(key);
}

void refuse_json(const JsonPath& path, const std::string& wanted) {
  const std::string text = path.text();
  const std::string_view what = path.topmost_what();
  throw InputError(
      fmt::format("{}: {} is not {}", what, text.empty() ? "the text" : text, wanted),
      what == "record"
          ? "results/schema/record.schema.json says what each key holds"
          : fmt::format("the {} is damaged or was not written by this version of assay", what));
}

bool JsonValue::is_null() const {
  return element_of(*this).is_null();
}

bool JsonValue::truth(const JsonPath& path) const {
  bool value = false;
  if (element_of(*this).get(value) != simdjson::SUCCESS) refuse_json(path, "true or false");
  return value;
}

double JsonValue::number(const JsonPath& path) const {
  double value = 0;
  const dom::element element = element_of(*this);
  if (element.get(value) == simdjson::SUCCESS) return value;
  if (!element.is_null()) refuse_json(path, "a number or null");
  return std::numeric_limits<double>::quiet_NaN();
}

std::optional<std::string_view> JsonValue::text_or_none() const {
  std::string_view text;
  if (element_of(*this).get(text) != simdjson::SUCCESS) return std::nullopt;
  return text;
}

std::string_view JsonValue::text(const JsonPath& path) const {
  const std::optional<std::string_view> text = text_or_none();
  if (!text) refuse_json(path, "a string");
  return *text;
}

std::uint64_t JsonValue::unsigned_up_to(std::uint64_t most, const JsonPath& path) const {
  std::uint64_t value = 0;
  if (element_of(*this).get(value) == simdjson::SUCCESS && value <= most) return value;
  refuse_json(path, fmt::format("a whole number from 0 to {}", most));
}

std::int64_t JsonValue::signed_within(std::int64_t least, std::int64_t most,
                                      const JsonPath& path) const {
  std::int64_t value = 0;
  if (element_of(*this).get(value) == simdjson::SUCCESS && value >= least && value <= most) {
    return value;
  }
  refuse_json(path, fmt::format("a whole number from {} to {}", least, most));
}

JsonObject::JsonObject(const JsonValue& value, const JsonPath& path) : object_(value), path_(path) {
  dom::object object;
  if (element_of(value).get(object) != simdjson::SUCCESS) refuse_json(path, "an object");
  object_ = JsonValue(bits_of(object));
  next_ = bits_of(object.begin());
  end_ = bits_of(object.end());
}

JsonValue JsonObject::take(const char* key) {
  if (count_ < kMaximumKeys) taken_[count_] = key;
  ++count_;
  auto at = from_bits<dom::object::iterator>(next_);
  if (at != from_bits<dom::object::iterator>(end_) && at.key_equals(key)) {
    const JsonValue value = value_of(at.value());
    next_ = bits_of(++at);
    return value;
  }
  dom::element found;
  const auto object = from_bits<dom::object>(object_.bits());
  if (object.at_key(key).get(found) == simdjson::SUCCESS) return value_of(found);
  const JsonPath place = {&path_, key};
  throw InputError(fmt::format("{}: {} is missing", place.topmost_what(), place.text()),
                   fmt::format("the {} is damaged or was not written by this version of assay",
                               place.topmost_what()));
}

void JsonObject::skip(const char* key) {
  const auto object = from_bits<dom::object>(object_.bits());
  dom::element found;
  if (object.size() == count_ || object.at_key(key).get(found) != simdjson::SUCCESS) return;
  if (count_ < kMaximumKeys) taken_[count_] = key;
  ++count_;
}

bool JsonObject::next(std::string_view& key, JsonValue& value) {
  auto at = from_bits<dom::object::iterator>(next_);
  if (!(at != from_bits<dom::object::iterator>(end_))) return false;
  key = at.key();
  value = value_of(at.value());
  next_ = bits_of(++at);
  return true;
}

void JsonObject::finish() const {
  const auto object = from_bits<dom::object>(object_.bits());
  if (object.size() == count_) return;
  const auto end = taken_.begin() + static_cast<std::ptrdiff_t>(std::min(count_, kMaximumKeys));
  for (const dom::key_value_pair& pair : object) {
    const JsonPath place = {&path_, pair.key};
    const bool known = std::find(taken_.begin(), end, pair.key) != end;
    if (known) continue;
    throw InputError(fmt::format("{}: {} is not a key of a {}", place.topmost_what(), place.text(),
                                 place.topmost_what()),
                     "remove it, or upgrade assay if a newer version wrote it");
  }
  refuse_json(path_, "an object with each key once");
}

JsonArray::JsonArray(const JsonValue& value, const JsonPath& path, const char* items) {
  dom::array array;
  if (element_of(value).get(array) != simdjson::SUCCESS) {
    refuse_json(path, fmt::format("an array of {}", items));
  }
  next_ = bits_of(array.begin());
  end_ = bits_of(array.end());
  size_ = array.size();
}

bool JsonArray::next(JsonValue& value) {
  auto at = from_bits<dom::array::iterator>(next_);
  if (!(at != from_bits<dom::array::iterator>(end_))) return false;
  value = value_of(*at);
  next_ = bits_of(++at);
  return true;
}

/// The thread's next document reuses its memory.
struct JsonDocument::Parser {
  dom::parser parser;
  bool busy = false;

  static Parser& of_this_thread() {
    thread_local Parser parser;
    return parser;
  }
};

JsonDocument::JsonDocument(std::string_view text, std::string_view what)
    : parser_(&Parser::of_this_thread()) {
  // A document that is opened while another one is in use gets a parser of its own.
  std::unique_ptr<Parser> own;
  if (parser_->busy) {
    own = std::make_unique<Parser>();
    parser_ = own.get();
  }
  // Whatever is read may have been written by others, and may be printed.
  std::string safe;
  if (needs_printable_json(text)) text = safe = printable_json(text);
  dom::element root;
  if (const auto error = parser_->parser.parse(text.data(), text.size()).get(root)) {
    throw InputError(fmt::format("{}: not JSON: {}", what, simdjson::error_message(error)),
                     fmt::format("the {} is cut off or damaged", what));
  }
  root_ = bits_of(root);
  parser_->busy = true;
  own.release();
}

JsonDocument::~JsonDocument() {
  parser_->busy = false;
  if (parser_ != &Parser::of_this_thread()) delete parser_;
}

}  // namespace assay::results::record
