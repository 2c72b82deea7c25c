// Products of 8-bit floats by the Lt interface with fast accumulation: 10 to 20% faster on Hopper
// (torchao#2377), and of fewer bits.
#include "backends/cudalike/implementation.h"
#include "backends/cudalike/lt_work.h"
#include "kernels/matmul/shape.h"

namespace assay::backends::cudalike::library_blas_lt_fast {

extern const Implementation implementation;

const Implementation implementation = {
    [](const Dialect& dialect) { return lt_name(dialect) + "-fast"; },
    "library",
    "matmul",
    [](const kernels::Problem& problem, Device& device) {
      return why_no_lt(problem, device, Accumulation::fast);
    },
    [](const kernels::Problem& problem, std::span<Buffer* const> buffers, Device& device) {
      return lt_work(problem, buffers, device, Accumulation::fast);
    },
    false,
    [](const kernels::Problem& problem) {
      return is_8_bit_float(kernels::matmul_shape(problem).a) &&
             platform().dialect().blas_lt.fast_accumulation >= 0;
    }};

}  // namespace assay::backends::cudalike::library_blas_lt_fast
