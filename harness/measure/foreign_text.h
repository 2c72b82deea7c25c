// Texts of modules and their libraries. They pass through here before anything else sees them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay::harness::measure {

/// The longest text and the longest line that are kept, in bytes: a compiler's log, a name.
inline constexpr std::size_t kLongestText = 16384;
inline constexpr std::size_t kLongestLine = 512;

/// The text with U+FFFD in the place of control characters apart from tab and line break, of marks
/// of writing direction and of bytes that are not UTF-8. Cut to `most_bytes`, with "…" at the end.
std::string foreign_text(std::string_view text, std::size_t most_bytes = kLongestText);
/// The same on one line, with spaces in the place of tabs and line breaks.
std::string foreign_line(std::string_view text, std::size_t most_bytes = kLongestLine);

/// The same for C strings: "" for a null pointer.
std::string foreign_text(const char* text);
std::string foreign_line(const char* text);

}  // namespace assay::harness::measure
