// Whether repeated readings say something for certain. No clock, no device.
#pragma once

#include <span>

namespace assay::harness::conformance {

enum class Ruling { holds, broken, unclear };

/// Whether ratios, one a round, are at least `least`: broken only where not a single round reaches
/// it, holds where the median does, else unclear. Without rounds, unclear.
Ruling rule_at_least(std::span<const double> ratios, double least);

/// Whether readings grow by at least `step` from each to the next. A cache that fills, and is full,
/// does not.
bool grows_steadily(std::span<const double> readings, double step);

}  // namespace assay::harness::conformance
