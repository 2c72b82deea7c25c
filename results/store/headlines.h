// A stored record without what only the view of a single record needs.
#pragma once

#include "results/record/record.h"

namespace assay::results::store {

/// Leaves out samples, host times, course, phases, details of the implementation, and everything
/// else that neither tables nor comparisons use.
record::Record headline_of(record::Record&& record);

}  // namespace assay::results::store
