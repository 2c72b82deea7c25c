// Builds HTML so that text can never become markup.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

namespace assay::results::page {

/// Text with the five special characters of HTML replaced by references.
std::string escaped(std::string_view text);

/// Markup. Only html() makes it, from a pattern in the source code.
struct Html {
  std::string text;

  Html& operator+=(const Html& other) {
    text += other.text;
    return *this;
  }
  bool empty() const { return text.empty(); }
};

namespace detail {
template <typename T>
struct Argument {
  using type = T;
  static const T& of(const T& value) { return value; }
};
template <>
struct Argument<Html> {
  using type = std::string;
  static const std::string& of(const Html& value) { return value.text; }
};
template <std::convertible_to<std::string_view> T>
struct Argument<T> {
  using type = std::string;
  static std::string of(std::string_view value) { return escaped(value); }
};
}  // namespace detail

/// The pattern with its arguments: text is escaped, Html is inserted unchanged, numbers are
/// formatted.
template <typename... Arguments>
Html html(
    fmt::format_string<typename detail::Argument<std::remove_cvref_t<Arguments>>::type...> pattern,
    const Arguments&... arguments) {
  const fmt::string_view checked = pattern;
  const auto put = [checked](const auto&... values) {
    return fmt::vformat(checked, fmt::make_format_args(values...));
  };
  return {put(detail::Argument<std::remove_cvref_t<Arguments>>::of(arguments)...)};
}

/// Text; parts between backticks become code.
Html prose(std::string_view text);

/// JSON that is safe between <script> tags.
std::string script_safe(std::string json);

/// A link if the address is http or https, else only the text.
Html link(std::string_view address, std::string_view text);

}  // namespace assay::results::page
