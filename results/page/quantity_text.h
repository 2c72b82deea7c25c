// Numbers as text for people: the only place that decides on digits, prefixes and units. What is
// not a finite number is "?".
#pragma once

#include <string>
#include <string_view>

namespace assay::results::page {

/// Up to `digits` significant digits without trailing zeros: "0.25", "1.667", "6912", "3e+12".
std::string number_text(double value, int digits = 4);
/// Exactly three significant digits, all digits of an integer: "86.1", "0.500", "1234".
std::string three_digits(double value);
/// Three significant digits with a decimal prefix: "199 GFLOP/s", "33.1 GB/s", "4.20 mJ". Only
/// units of energy and power have prefixes below 1. Seconds are written as by duration_text().
std::string scaled_text(double value, std::string_view unit);
/// The same with up to `digits` significant digits as number_text() has them, seconds included:
/// "288.8 PFLOP/s", "200 s".
std::string scaled_text(double value, std::string_view unit, int digits);
/// "12.5 µs", "86.1 ms", "2.00 s", "3 min 20 s", "2 h 01 min".
std::string duration_text(double seconds);
/// A share as a percentage with two significant digits, but at most two decimals and all digits of
/// an integer: "118%", "86%", "4.1%", "0.40%".
std::string percent_text(double share);
/// The same of a change, with its sign: "+4.1%", "-12%".
std::string change_text(double share);
/// "±0.80%"; the half width of an interval relative to its middle.
std::string half_width_text(double relative);
/// A share that was asked for, or one that is held against it, with up to four significant digits:
/// "1%", "0.5%", "99.73%"; two would write "1.0% reached, 1% requested" of a target just missed.
std::string target_text(double share);
/// A ratio of two like quantities, to a thousandth around 1: "0.998", "12.34", "1250".
std::string ratio_text(double ratio);
/// With a binary prefix: "512 B", "1.50 KiB", "128 MiB".
std::string bytes_text(double bytes);

}  // namespace assay::results::page
