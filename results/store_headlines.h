// A stored record without what only a single record's reader wants.
#pragma once

#include "results/record.h"

namespace assay::results {

/// Leaves out samples, host times, course, phases, details of the implementation, and what else
/// neither tables nor comparisons look at.
Record headline_of(Record&& record);

}  // namespace assay::results
