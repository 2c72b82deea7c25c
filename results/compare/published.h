// A published system as a side beside measurements: what its published peaks allow at best.
#pragma once

#include <span>

#include "results/claims/catalogue.h"
#include "results/compare/compare.h"

namespace assay::results::compare {

/// Modelled records of the problems that the other sides measured: of each the roofline (Williams,
/// Waterman & Patterson 2009) with the system's published peaks and memory bandwidth, which no real
/// launch reaches. Problems whose peak is not published, or that a link or a launch limits, have no
/// record. Throws InputError for a system that is not a single device or states no bandwidth.
Side side_of_system(const claims::System& system, std::span<const Side> others);

}  // namespace assay::results::compare
