// How the launches of a claim's test are made, and what launches of the other mode say about it.
#pragma once

#include <string_view>

#include "results/claims/catalogue.h"
#include "results/claims/problem_pattern.h"
#include "results/record/record.h"

namespace assay::results::claims {

/// The mode of the test: the catalogue's, else hot if only arithmetic limits its problems, and cold
/// otherwise. Arithmetic is measured hot: between cold launches the device waits for the flush of
/// its caches, so a launch of 1 ms shows the clock of a device that has just woken up. Memory is
/// measured cold, since what the caches still hold is not read from it. A time is cold, too: the
/// greater figure promises less. Energy is measured hot: the sensors are read over many launches
/// that follow each other.
record::Mode mode_of(const Test& test);

/// Whether the test needs a sensor of power or energy.
bool needs_energy(const Test& test);

/// Why mode_of() is what it is, in words: "stated by the catalogue".
std::string_view mode_reason(const Test& test);

/// FLOP per byte that no memory limits, for a chip of unknown bandwidth.
inline constexpr double kHighIntensity = 1000;

/// What a measured value says about the value in the mode of the test.
enum class Side {
  exact,     ///< it was measured in that mode, or the mode makes no difference
  at_least,  ///< the value in that mode is at least the measured one
  at_most,   ///< the value in that mode is at most the measured one
  unknown    ///< a ratio of such values: nothing
};

/// For one rate or time of a record, and the mode of the test. A cold launch is slower than a hot
/// one or equally fast. Hot launches count for cold ones if the operands are at least four times as
/// large as a last-level cache of known size, which is STREAM's rule (McCalpin,
/// https://www.cs.virginia.edu/stream/ref.html).
Side side_of(record::Mode wanted, const record::Record& record, MeasuredQuantity quantity_kind);

/// Whether the operands of a launch are at least four times as large as the last-level cache.
bool exceeds_caches(const record::Record& record);

}  // namespace assay::results::claims
