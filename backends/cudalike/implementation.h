// What each implementation on a CUDA-shaped device provides. A file in implementations/
// has a namespace of its name and defines `const Implementation implementation` in it; the build
// lists them.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "backends/cudalike/device.h"
#include "backends/cudalike/work.h"
#include "kernels/operation.h"
#include "kernels/problem.h"

namespace assay::backends::cudalike {

struct Implementation {
  std::string (*name)(const Dialect&);  ///< "library/cublas": the vendor's name for its library
  std::string_view division;            ///< "library"
  std::string_view operation;           ///< "matmul"; empty where it serves every operation
  /// Empty where it solves the problem on this device, else the reason why not.
  std::string (*why_not)(const kernels::Problem&, Device&);
  /// Buffers in the order of the operands. Throws sdk::Failure or assay::Error.
  std::unique_ptr<Work> (*prepare)(const kernels::Problem&, std::span<Buffer* const> buffers,
                                   Device&);
  /// Serves every operation of several devices, and no other.
  bool collective = false;

  bool serves(const kernels::Problem& problem) const {
    if (collective != (problem.operation().collective != nullptr)) return false;
    return operation.empty() || operation == problem.operation().name;
  }
};

std::span<const Implementation* const> implementations();

}  // namespace assay::backends::cudalike
