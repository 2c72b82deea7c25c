// Compiled once per dialect (ASSAY_DIALECT), unlike the rest of the engine.
#include "backends/cudalike/module_dialect.h"

namespace assay::backends::cudalike {

extern const Dialect ASSAY_DIALECT;
const Dialect* const module_dialect = &ASSAY_DIALECT;

}  // namespace assay::backends::cudalike
