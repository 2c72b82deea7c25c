// Times in the formats of other programs.
#pragma once

#include <string>
#include <string_view>

namespace assay::results::exchange {

/// Converts "2026-11-25T08:14:02+01:00" or "…Z", with or without a fraction, to the format of
/// Record::started. Empty if the text has another form.
std::string to_utc(std::string_view iso);

/// The same for seconds since 1970.
std::string utc_text(double seconds);

/// Seconds since 1970 of a text that to_utc() accepts; NaN for other texts.
double unix_seconds(std::string_view iso);

}  // namespace assay::results::exchange
