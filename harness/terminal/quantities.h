// Durations, shares and sizes in the form that people write and read.
#pragma once

#include <string>
#include <string_view>

namespace assay::harness::terminal {

/// Seconds from "500ms", "2s", "1.5m", "1h"; a bare number is seconds. Throws InputError that names
/// `place` unless the duration is finite and above zero.
double parse_duration(std::string_view text, std::string_view place);

/// A share in (0, 1) from "1%" or "0.01".
double parse_share(std::string_view text, std::string_view place);

/// "86.1 ms", "2.00 s", "3 min 20 s".
std::string duration_text(double seconds);
/// "199 GFLOP/s", "33.1 GB/s": three digits with a decimal prefix.
std::string rate_text(double per_second, std::string_view unit);

}  // namespace assay::harness::terminal
