// The sentences that explain a verdict.
#pragma once

#include <string>

#include "results/claims/catalogue.h"
#include "results/claims/decision.h"
#include "results/claims/evidence.h"

namespace assay::results::claims {

/// A value in SI base units, in the claim's unit: "1.5 TB/s".
std::string show(const Claim& claim, double value);
/// "1.5 TB/s (95% interval 1.4 to 1.6 TB/s)".
std::string show_interval(const Claim& claim, const Measured& measured);

/// Why a measurement leads to this kind of verdict. For all kinds but supported, refuted and
/// not_reached: why it decides nothing, and what would.
std::string measured_reason(const Claim& claim, const Requirement& required,
                            const Measured& measured, VerdictKind kind);

/// Why a claim has no measurement, and what would be one.
std::string untested_reason(const Catalogue& catalogue, const Claim& claim,
                            EvidenceIndex& evidence);

}  // namespace assay::results::claims
