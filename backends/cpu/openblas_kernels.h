// For which processor the kernels of OpenBLAS were written that it uses here.
#pragma once

#include <string>
#include <string_view>

namespace assay::backends::cpu {

/// A sentence if `core` (openblas_get_corename()) names a processor without AVX2 although this one
/// has it; else "". OpenBLAS takes such kernels for processors that are newer than it is.
std::string older_kernels(std::string_view core, bool has_avx2);

}  // namespace assay::backends::cpu
