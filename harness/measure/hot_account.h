// Launches in a row, by which a module's account of its time is checked.
#pragma once

#include "harness/measure/sampler.h"
#include "harness/measure/target.h"

namespace assay::harness::measure {

/// Between launches with cold caches the module overwrites the caches, for as long as it likes: its
/// own clock cannot be compared with ours. So this launches without flushes, for about 20 ms, and
/// returns the sums of the batch that took the least time for a launch, which other work disturbed
/// least. Long launches are made once only, unless that takes longer than `sampled_seconds`, the
/// median of the samples. All 0 if the target keeps no account.
results::record::ClockSums hot_account(Target& target, double sampled_seconds, const Clock& now);

}  // namespace assay::harness::measure
