// The value of a published figure in the words of its source: "1.5–1.96×", "+45 %", "more than
// 520,000 token/s", "about 73.7k token/s", "up to 900 GB/s".
#pragma once

#include <string>
#include <string_view>

#include "results/claims/units.h"
#include "results/statistics/statistics.h"

namespace assay::results::claims {

enum class Comparison { equal, at_least, at_most };
std::string_view name(Comparison comparison);

struct PublishedValue {
  /// Of a range, its middle. A change of +45 % is a ratio of 1.45, with the unit x.
  Quantity quantity;
  statistics::Interval ends;   ///< the numbers as written, in base units; one number is both ends
  statistics::Interval range;  ///< what the digits written agree with
  bool is_range = false;
  Comparison bound = Comparison::equal;  ///< "more than" and "at least" are at_least
  bool maximum = false;                  ///< "up to": the best of several cases
  bool change = false;                   ///< written as a change in %
  bool reduction = false;                ///< "-30 %": the smaller ratio is the better one
  /// As written; empty if it is only a number and a unit, which can be formatted anew.
  std::string text;
};

/// Parses [WORDS] NUMBER [UNIT] [SEPARATOR NUMBER [UNIT]].
///
/// WORDS are a bound (more than, over, at least, ≥ …; less than, under, at most, ≤ …), `up to`, or
/// `about` (around, roughly, ~ …), which makes the last digit ten times as uncertain. SEPARATOR is
/// `to`, `–` or `-`; a first number without a unit has the suffix and the unit of the second. A
/// signed percentage is a change. Throws InputError; for a range that is upside down too.
PublishedValue parse_value(std::string_view text);

}  // namespace assay::results::claims
