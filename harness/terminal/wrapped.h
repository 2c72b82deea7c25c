// Text broken into lines for a terminal, and whether it may have colour.
#pragma once

#include <string>
#include <string_view>

namespace assay::harness::terminal {

/// Breaks at spaces to lines of at most `width` columns (code points), each led by `indent` spaces;
/// a longer word keeps its own line. Ends with a newline.
std::string wrapped(std::string_view text, int indent, int width = 80);

/// Colour on standard output: a terminal, and NO_COLOR unset.
bool use_colour();

}  // namespace assay::harness::terminal
