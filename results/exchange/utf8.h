// Text of which nobody promised that it is UTF-8, for formats that must be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::results::exchange {

/// U+FFFD.
inline constexpr std::string_view kReplacement = "\xef\xbf\xbd";

/// The characters of a text; each byte that is part of none becomes U+FFFD.
std::vector<std::string> utf8_characters(std::string_view text);
std::string valid_utf8(std::string_view text);

}  // namespace assay::results::exchange
