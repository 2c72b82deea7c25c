// Decides whether repeated readings allow a certain conclusion. Uses neither a clock nor a device.
#pragma once

#include <span>

namespace assay::harness::conformance {

enum class Judgement { holds, broken, unclear };

/// Whether ratios, one per round, are at least `least`: `broken` only if no round reaches it,
/// `holds` if the median does, else `unclear`. `unclear` without rounds.
Judgement judge_at_least(std::span<const double> ratios, double least);

/// Whether each reading exceeds the previous one by at least `step`. A cache that fills up and then
/// stays full does not.
bool grows_steadily(std::span<const double> readings, double step);

}  // namespace assay::harness::conformance
