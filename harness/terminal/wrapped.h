// Wraps text for a terminal, and decides whether to use colour.
#pragma once

#include <string>
#include <string_view>

namespace assay::harness::terminal {

/// Breaks text at spaces into lines of at most `width` columns (code points), each with `indent`
/// leading spaces. A longer word has a line of its own. Ends with a newline.
std::string wrapped(std::string_view text, int indent, int width = 80);

/// Whether to use colour on standard output: it is a terminal, and NO_COLOR is not set.
bool use_colour();

}  // namespace assay::harness::terminal
