// The one thing in which the modules of this engine differ.
#pragma once

#include "backends/cudalike/dialect.h"

namespace assay::backends::cudalike {

/// Of the module that this is linked into. Constant from the start, unlike the dialect itself.
extern const Dialect* const module_dialect;

}  // namespace assay::backends::cudalike
