// One computation, fully specified, with one canonical text that parses back to it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kernels/dtype.h"

namespace assay::kernels {

struct Operation;

/// An Operation with a value for each of its fields. Immutable; always valid once constructed.
/// Two results are comparable when their Problems are equal, and only then.
class Problem {
 public:
  using Value = std::variant<std::int64_t, std::uint64_t, DataType, std::string>;

  /// Parses `matmul m=64 n=64 k=64 a=f32 …`, fields in any order, defaults filled in.
  /// Throws InputError that names the wrong field and its allowed values, or all fields that are
  /// missing or unknown.
  static Problem parse(std::string_view text);

  /// The same from the texts of the fields.
  static Problem make(std::string_view operation, const std::map<std::string, std::string>& fields);

  const Operation& operation() const { return *operation_; }

  /// Fields by name; a name the operation does not have is a programming error (std::logic_error).
  std::int64_t dimension(std::string_view field) const;
  /// 0 where it is none.
  std::int64_t limit(std::string_view field) const;
  DataType type(std::string_view field) const;
  const std::string& choice(std::string_view field) const;
  std::uint64_t seed() const;
  /// A field's value as text.
  std::string field_text(std::string_view field) const;

  /// Canonical text: fields in the operation's order, optional ones only where they differ from
  /// their default.
  const std::string& text() const { return text_; }

  /// FNV-1a 64 of the canonical text: the key of the operands' random numbers.
  std::uint64_t hash() const;

  friend bool operator==(const Problem& a, const Problem& b) { return a.text_ == b.text_; }
  friend bool operator<(const Problem& a, const Problem& b) { return a.text_ < b.text_; }

 private:
  Problem() = default;
  const Value& value(std::string_view field) const;

  const Operation* operation_ = nullptr;
  std::vector<Value> values_;  // in the order of operation_->fields; shorter while parsing
  std::string text_;
};

}  // namespace assay::kernels
