// What a way of computing on a Cambricon MLU must say of itself. One file in implementations/
// defines one constant `const Implementation NAME_implementation` (file name = NAME); the build
// lists them.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "backends/cambricon/session.h"
#include "backends/sdk/description.h"
#include "kernels/problem.h"

namespace assay::backends::cambricon {

class Device;

/// A problem made ready: buffers bound, planned. enqueue() puts one launch into the queue.
class Launch {
 public:
  virtual ~Launch() = default;
  virtual void enqueue() = 0;
  /// After launches were waited for: brings a result that lies elsewhere into its buffer.
  virtual void bring_back() {}
  virtual sdk::Pairs details() const { return {}; }
};

struct Implementation {
  std::string_view name;       ///< "library/cnnl"
  std::string_view operation;  ///< "matmul"
  /// Empty where it solves the problem on this device, else the reason why not.
  std::string (*why_not)(const kernels::Problem&, Device&);
  /// Buffers in the order of the operands, large enough.
  std::unique_ptr<Launch> (*prepare)(const kernels::Problem&, std::span<Memory* const> buffers,
                                     Device&);

  std::string_view division() const { return name.substr(0, name.find('/')); }
};

std::span<const Implementation* const> implementations();

}  // namespace assay::backends::cambricon
