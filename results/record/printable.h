// Text of other programs, made safe for a terminal: no character of it moves the cursor, clears the
// screen, rings a bell or turns the direction of writing.
#pragma once

#include <string>
#include <string_view>

namespace assay::results::record {

/// UTF-8 with a visible sign for each control character but tab and line feed: U+2400 to U+2421 for
/// those of ASCII (U+241B for ESC), U+FFFD for those of C1 (U+0080 to U+009F) and for the
/// characters that turn the direction of writing (U+202A to U+202E, U+2066 to U+2069).
std::string printable(std::string_view text);

/// The same with signs for tab and line feed, too: for names and table cells.
std::string printable_line(std::string_view text);

/// Whether printable() returns the text unchanged.
bool is_printable(std::string_view text);

/// JSON text whose strings are printable. White space outside of strings is kept.
std::string printable_json(std::string_view json);
/// Whether printable_json() may change the text: false for nearly all, at the cost of one pass.
bool needs_printable_json(std::string_view json);

}  // namespace assay::results::record
