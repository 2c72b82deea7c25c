#include "results/record/text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <limits>
#include <nlohmann/json.hpp>

#include "results/record/keys.h"

namespace assay::results::record {

namespace {

bool is_plain(unsigned char c) {
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

class Writer {
 public:
  Writer(std::string& out, Samples samples) : out_(out), samples_(samples) {}

  template <typename T>
  void operator()(const char* key, const T& value) {
    out_ += separator_;
    separator_ = ",\"";
    out_ += key;
    out_ += "\":";
    write(value);
  }

 private:
  template <typename T>
  void write(const T& value) {
    if constexpr (Named<T>) {
      write_text(name(value));
    } else if constexpr (std::same_as<T, bool>) {
      out_ += value ? "true" : "false";
    } else if constexpr (std::integral<T>) {
      write_number(value);
    } else {
      write_object(value);
    }
  }
  template <typename T>
  void write_object(const T& value) {
    Writer inner(out_, samples_);
    keys(inner, value);
    out_ += '}';
  }
  template <typename T>
  void write_number(T value) {
    std::array<char, 32> text;
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
    out_.append(text.data(), end);
  }
  void write(double value) {
    if (!std::isfinite(value)) {
      out_ += "null";
      return;
    }
    const std::size_t from = out_.size();
    write_number(value);
    // It stays a number with a fraction for whoever tells those apart.
    if (out_.find_first_of(".e", from) == std::string::npos) out_ += ".0";
  }
  void write(const std::optional<double>& value) {
    if (value) {
      write(*value);
    } else {
      out_ += "null";
    }
  }
  void write(const std::string& value) { write_text(value); }
  void write_text(std::string_view text) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(static_cast<unsigned char>(text[plain]))) ++plain;
    if (plain < text.size()) {
      // Names and messages come from drivers: what is not UTF-8 in them is replaced, not refused.
      out_ += nlohmann::json(std::string(text))
                  .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      return;
    }
    out_ += '"';
    out_ += text;
    out_ += '"';
  }
  void write(const Properties& properties) {
    const char* separator = "{";
    for (const auto& [key, value] : properties) {
      out_ += separator;
      separator = ",";
      write_text(key);
      out_ += ':';
      write_text(value);
    }
    out_ += properties.empty() ? "{}" : "}";
  }
  template <typename T>
  void write(const std::vector<T>& values) {
    out_ += '[';
    const bool left_out = std::same_as<T, double> && samples_ == Samples::none;
    const char* separator = "";
    if (!left_out) {
      for (const T& value : values) {
        out_ += separator;
        separator = ",";
        write(value);
      }
    }
    out_ += ']';
  }

  std::string& out_;
  Samples samples_;
  const char* separator_ = "{\"";
};

/// What is left of a text; `good` until something unexpected came.
struct Rest {
  const char* at;
  const char* end;
  bool good = true;

  bool fail() {
    good = false;
    return false;
  }
  bool next_is(char c) const { return at < end && *at == c; }
  bool take(std::string_view expected) {
    if (static_cast<std::size_t>(end - at) < expected.size() ||
        std::string_view(at, expected.size()) != expected) {
      return fail();
    }
    at += expected.size();
    return true;
  }
};

class Reader {
 public:
  explicit Reader(Rest& rest) : rest_(rest) {}

  template <typename T>
  void operator()(const char* key, T& value) {
    if (!rest_.good || !rest_.take(separator_) || !rest_.take(key) || !rest_.take("\":")) return;
    separator_ = ",\"";
    read(value);
    if constexpr (std::same_as<T, int>) note_schema(value);
  }

 private:
  /// The one integer of its type is the record's first key.
  void note_schema(int schema) {
    if (schema != kRecordSchema) rest_.fail();
  }

  template <typename T>
  void read(T& value) {
    if constexpr (Named<T>) {
      read_name(value);
    } else if constexpr (std::same_as<T, bool>) {
      value = rest_.next_is('t');
      rest_.take(value ? "true" : "false");
    } else if constexpr (std::integral<T>) {
      read_number(value);
    } else {
      Reader inner(rest_);
      keys(inner, value);
      rest_.take("}");
    }
  }
  template <typename T>
  void read_number(T& value) {
    const char* from = rest_.at;
    // from_chars takes more than JSON's numbers: infinities, 01 and 1.
    const char* digit = from + (rest_.next_is('-') ? 1 : 0);
    if (digit >= rest_.end || *digit < '0' || *digit > '9') {
      rest_.fail();
      return;
    }
    const auto [to, error] = std::from_chars(from, rest_.end, value);
    const bool leading_zero = *digit == '0' && to - digit > 1 && digit[1] >= '0' && digit[1] <= '9';
    const bool open = to < rest_.end && (*to == '.' || *to == 'e' || *to == 'E');
    if (error != std::errc() || leading_zero || open || to[-1] == '.') {
      rest_.fail();
      return;
    }
    rest_.at = to;
  }
  void read(double& value) {
    if (rest_.next_is('n')) {
      rest_.take("null");
      value = std::numeric_limits<double>::quiet_NaN();
    } else {
      read_number(value);
    }
  }
  void read(std::optional<double>& value) {
    value.reset();
    if (rest_.next_is('n')) {
      rest_.take("null");
    } else {
      read_number(value.emplace());
    }
  }
  template <typename Enum>
  void read_name(Enum& value) {
    read(word_);
    for (const Enum candidate : Names<Enum>::all) {
      if (word_ != name(candidate)) continue;
      value = candidate;
      return;
    }
    rest_.fail();
  }
  void read(std::string& value) {
    if (!rest_.take("\"")) return;
    const char* from = rest_.at;
    const char* to = from;
    while (to < rest_.end && is_plain(static_cast<unsigned char>(*to))) ++to;
    if (to < rest_.end && *to == '"') {
      value.assign(from, to);
      rest_.at = to + 1;
      return;
    }
    while (to < rest_.end && *to != '"') to += *to == '\\' ? 2 : 1;
    if (to >= rest_.end) {
      rest_.fail();
      return;
    }
    const auto json = nlohmann::json::parse(from - 1, to + 1, nullptr, /*allow_exceptions=*/false);
    if (!json.is_string()) {
      rest_.fail();
      return;
    }
    value = json.get<std::string>();
    rest_.at = to + 1;
  }
  void read(Properties& properties) {
    properties.clear();
    if (!rest_.take("{")) return;
    while (rest_.good && !rest_.next_is('}')) {
      if (!properties.empty() && !rest_.take(",")) return;
      read(word_);
      if (!rest_.take(":")) return;
      // As written they are in order.
      read(properties.try_emplace(properties.end(), word_)->second);
    }
    rest_.take("}");
  }
  template <typename T>
  void read(std::vector<T>& values) {
    values.clear();
    if (!rest_.take("[")) return;
    while (rest_.good && !rest_.next_is(']')) {
      if (!values.empty() && !rest_.take(",")) return;
      read(values.emplace_back());
    }
    rest_.take("]");
  }

  Rest& rest_;
  std::string_view separator_ = "{\"";
  std::string word_;
};

}  // namespace

void append_text(std::string& out, const Record& record, Samples samples) {
  Writer writer(out, samples);
  keys(writer, record);
  out += '}';
}

bool read_text(std::string_view text, Record& record) {
  Rest rest = {text.data(), text.data() + text.size()};
  Reader reader(rest);
  keys(reader, record);
  return rest.take("}") && rest.at == rest.end && rest.good;
}

}  // namespace assay::results::record
