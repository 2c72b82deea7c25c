// Dense products by the Lt interface: each of the heuristics' candidates is timed when the problem
// is made ready, in both storages of B where that may matter, and the fastest is kept and recorded.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "backends/cudalike/device.h"
#include "backends/cudalike/gemm.h"
#include "backends/cudalike/work.h"
#include "kernels/problem.h"

namespace assay::backends::cudalike {

/// Whether the device's units for 8-bit floats add up in fewer bits than f32 has, so that there is
/// a choice between Accumulation's two.
bool has_fast_accumulation(const Device& device);

std::string why_no_lt(const kernels::Problem& problem, Device& device, Accumulation accumulation);
std::unique_ptr<Work> lt_work(const kernels::Problem& problem, std::span<Buffer* const> buffers,
                              Device& device, Accumulation accumulation);
/// "library/cublaslt".
std::string lt_name(const Dialect& dialect);

}  // namespace assay::backends::cudalike
