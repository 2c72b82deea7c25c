// Durations and shares as people write them. results/page/quantity_text.h writes them.
#pragma once

#include <string>
#include <string_view>

namespace assay::harness::terminal {

/// Seconds from "500ms", "2s", "1.5m", "1h"; a bare number is seconds. Throws InputError that names
/// `place` unless the duration is finite and above zero.
double parse_duration(std::string_view text, std::string_view place);

/// A share in (0, 1) from "1%" or "0.01".
double parse_share(std::string_view text, std::string_view place);

}  // namespace assay::harness::terminal
