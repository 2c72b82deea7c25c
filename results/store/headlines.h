// A stored record without what only a single record's reader wants.
#pragma once

#include "results/record/record.h"

namespace assay::results::store {

/// Leaves out samples, host times, course, phases, details of the implementation, and what else
/// neither tables nor comparisons look at.
record::Record headline_of(record::Record&& record);

}  // namespace assay::results::store
