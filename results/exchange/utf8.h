// Converts any text to valid UTF-8, for formats that require it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::results::exchange {

/// U+FFFD.
inline constexpr std::string_view kReplacement = "\xef\xbf\xbd";

/// Splits a text into its characters; each byte that belongs to no character becomes U+FFFD.
std::vector<std::string> utf8_characters(std::string_view text);
std::string valid_utf8(std::string_view text);

}  // namespace assay::results::exchange
