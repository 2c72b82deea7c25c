// JSON as Google Benchmark has written it since 2015, made into JSON that a parser reads.
#pragma once

#include <string>
#include <string_view>

namespace assay::results::exchange {

/// Text whose numbers that are not finite (NaN, Infinity, inf, -nan, 1e999) are null; whose strings
/// have escapes for control characters and for backslashes that begin no escape (paths of Windows);
/// and which is UTF-8. What stands before the first line that begins with '{' is left out: programs
/// print to the same stream.
std::string lenient_json(std::string_view text);

}  // namespace assay::results::exchange
