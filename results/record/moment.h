// Days and times in the formats of other programs and of the command line.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::results::record {

struct Moment {
  double unix_seconds = 0;  ///< since 1970; taken as UTC if the zone is not known
  bool zone_known = false;
};

/// Reads a date with a time of day: "2026-11-25T08:14:02+01:00", "…Z", with or without a fraction;
/// also with a blank in place of the T, without a zone, and "2015/03/17-18:40:25". nullopt for
/// other texts and for days and times that do not exist.
std::optional<Moment> read_moment(std::string_view text);

/// Whether the text is a day of the calendar: "2026-11-25".
bool is_day(std::string_view text);

/// Converts "2026-11-25T08:14:02+01:00" or "…Z", with or without a fraction, to the format of
/// Record::started. Empty if the text has another form, or no zone.
std::string to_utc(std::string_view iso);

/// The same for seconds since 1970.
std::string utc_text(double seconds);

/// Seconds since 1970 of a text that to_utc() accepts; NaN for other texts.
double unix_seconds(std::string_view iso);

}  // namespace assay::results::record
