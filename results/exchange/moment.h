// Moments as other programs write them.
#pragma once

#include <string>
#include <string_view>

namespace assay::results::exchange {

/// Converts "2026-11-25T08:14:02+01:00" or "…Z", with or without fraction, to the form of
/// Record::started. Empty where the text is no such moment.
std::string to_utc(std::string_view iso);

/// The same of seconds since 1970.
std::string utc_text(double seconds);

/// Seconds since 1970 of a moment as to_utc takes it; not a number where it is none.
double unix_seconds(std::string_view iso);

}  // namespace assay::results::exchange
