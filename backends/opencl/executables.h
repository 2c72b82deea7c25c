// The two ways of solving a problem: portable kernels, and CLBlast.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "backends/opencl/device.h"
#include "kernels/problem.h"

namespace assay::backends::opencl {

inline constexpr const char* kClblastName = "library/clblast";

std::unique_ptr<Executable> prepare_portable(Device& device, const kernels::Problem& problem,
                                             std::span<Buffer* const> buffers);

/// Why CLBlast cannot solve it, be it only that it is not there; empty where it can.
std::string clblast_why_not(const Device& device, const kernels::Problem& problem);
std::unique_ptr<Executable> prepare_clblast(Device& device, const kernels::Problem& problem,
                                            std::span<Buffer* const> buffers);

}  // namespace assay::backends::opencl
