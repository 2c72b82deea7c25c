// What each implementation on the CPU provides. A file in implementations/
// has a namespace of its name and defines `const Implementation implementation` in it; the build
// lists them.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "backends/cpu/machine.h"
#include "kernels/problem.h"

namespace assay::backends::cpu {

/// A problem made ready: buffers bound, weights packed. launch() is the timed region and may be
/// called any number of times with the same result.
class Executable {
 public:
  virtual ~Executable() = default;
  virtual void launch() = 0;
  /// After a series of launches, untimed: brings outputs that a launch leaves elsewhere into their
  /// buffers.
  virtual void bring_back() {}
  /// What was chosen, for the record.
  virtual std::map<std::string, std::string> details() const { return {}; }
};

struct Implementation {
  std::string_view name;       ///< "library/onednn"
  std::string_view division;   ///< "library"
  std::string_view operation;  ///< "matmul"; empty where it serves every operation
  /// Empty where it solves the problem on this machine, else the reason why not.
  std::string (*why_not)(const kernels::Problem&, const Machine&);
  /// Throws assay::Error (std::bad_alloc for memory). Buffers in the order of the operands.
  std::unique_ptr<Executable> (*prepare)(const kernels::Problem&,
                                         std::span<std::byte* const> buffers, Machine&);
};

std::span<const Implementation* const> implementations();

}  // namespace assay::backends::cpu
