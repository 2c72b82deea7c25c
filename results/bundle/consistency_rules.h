// The rules by which a run that was put together or written by hand shows.
#pragma once

#include "results/bundle/rules.h"

namespace assay::results::bundle {

/// The run ended after it began, its records lie in it, and nothing lies in the future. Hosts may
/// differ by five minutes.
RuleResult dates(const Bundle& bundle);
/// No two records have the same times in the same order, unless so few different times occur that
/// chance may repeat them.
RuleResult own_samples(const Bundle& bundle);
/// Clocks, power, temperature, energy and load are within what any device and sensor can have.
RuleResult sensors(const Bundle& bundle);

}  // namespace assay::results::bundle
