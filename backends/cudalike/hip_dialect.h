// What the runtimes that are HIP have in common: AMD's own, and offshoots of it.
#pragma once

#include "backends/cudalike/dialect.h"

namespace assay::backends::cudalike {

/// Names and numbers of HIP; a dialect adds its vendor, its folders and its types.
Dialect hip_dialect();

}  // namespace assay::backends::cudalike
