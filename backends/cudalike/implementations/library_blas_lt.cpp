// Dense products by the Lt interface, added up as precisely as it can.
#include "backends/cudalike/implementation.h"
#include "backends/cudalike/lt_work.h"

namespace assay::backends::cudalike::library_blas_lt {

extern const Implementation implementation;

const Implementation implementation = {
    lt_name, "library", "matmul",
    [](const kernels::Problem& problem, Device& device) {
      return why_no_lt(problem, device, Accumulation::precise);
    },
    [](const kernels::Problem& problem, std::span<Buffer* const> buffers, Device& device) {
      return lt_work(problem, buffers, device, Accumulation::precise);
    }};

}  // namespace assay::backends::cudalike::library_blas_lt
