// The rules about the run of a bundle and what was recorded around its measurements.
#pragma once

#include "results/bundle/rules.h"

namespace assay::results::bundle {

/// The run ended, and has every result that was planned.
RuleResult complete(const Bundle& bundle);
/// Each record has its environment, with the keys that every machine has.
RuleResult environments(const Bundle& bundle);
RuleResult conforming(const Bundle& bundle);
/// Built from a commit without changes.
RuleResult known_build(const Bundle& bundle);
RuleResult optimised(const Bundle& bundle);
/// Violations are shown without the secret.
RuleResult without_secrets_in(const Bundle& bundle);

}  // namespace assay::results::bundle
