// A stored record without the parts that only the view of a single record needs.
#pragma once

#include "results/record/record.h"

namespace assay::results::store {

/// Removes samples, host times, course, phases, implementation details, and everything else that
/// neither tables nor comparisons use.
record::Record headline_of(record::Record&& record);

}  // namespace assay::results::store
