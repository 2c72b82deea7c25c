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
  /// Null, or whether the problem is of the kind that this differs for from the others.
  bool (*concerns)(const kernels::Problem&) = nullptr;

  bool serves(const kernels::Problem& problem) const {
    if (collective != (problem.operation().collective != nullptr)) return false;
    if (!operation.empty() && operation != problem.operation().name) return false;
    return concerns == nullptr || concerns(problem);
  }
};

std::span<const Implementation* const> implementations();

}  // namespace assay::backends::cudalike
