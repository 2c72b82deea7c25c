// Makes valid UTF-8 of any text, for formats that require it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::results::exchange {

/// U+FFFD.
inline constexpr std::string_view kReplacement = "\xef\xbf\xbd";

/// The characters of a text; each byte that belongs to no character becomes U+FFFD.
std::vector<std::string> utf8_characters(std::string_view text);
std::string valid_utf8(std::string_view text);

}  // namespace assay::results::exchange
