// The ways of solving a problem: portable kernels, CLBlast, and the driver's own copies.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "backends/opencl/device.h"
#include "kernels/problem.h"

namespace assay::backends::opencl {

inline constexpr const char* kClblastName = "library/clblast";
inline constexpr const char* kTransferName = "library/enqueue";

std::unique_ptr<Executable> prepare_portable(Device& device, const kernels::Problem& problem,
                                             std::span<Buffer* const> buffers);

/// Why CLBlast cannot solve it, for example because it is not installed; empty where it can.
std::string clblast_why_not(const Device& device, const kernels::Problem& problem);
std::unique_ptr<Executable> prepare_clblast(Device& device, const kernels::Problem& problem,
                                            std::span<Buffer* const> buffers);

std::unique_ptr<Executable> prepare_transfer(Device& device, const kernels::Problem& problem,
                                             std::span<Buffer* const> buffers);

}  // namespace assay::backends::opencl
