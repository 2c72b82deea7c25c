// The engine behind the C interface, the same in the module of every dialect.
#include "backends/sdk/module.h"

#include <fmt/format.h>

#include "backends/cudalike/collectives.h"
#include "backends/cudalike/implementation.h"
#include "backends/cudalike/module_dialect.h"
#include "backends/shared/parsed_problem.h"
#include "kernels/operation.h"

namespace {

namespace cudalike = assay::backends::cudalike;
namespace kernels = assay::kernels;
namespace sdk = assay::sdk;

struct Family {
  static inline const cudalike::Dialect& dialect = *cudalike::module_dialect;
  static constexpr const char* version = ASSAY_CUDALIKE_VERSION;
  /// Read on use: the dialect may be initialised after this file.
  static constexpr struct {
    operator const char*() const { return cudalike::module_dialect->name.data(); }
  } name{};
  static constexpr struct {
    operator const char*() const { return cudalike::module_dialect->description.data(); }
  } description{};

  static inline const cudalike::Texts& environment_variables =
      cudalike::module_dialect->environment_variables;

  using Buffer = cudalike::Buffer;
  using Executable = cudalike::Executable;

  struct Device : cudalike::Device {
    using cudalike::Device::Device;

    std::vector<sdk::Offer> implementations(std::string_view text) {
      const kernels::Problem problem = assay::backends::parsed(text);
      make_current();
      std::vector<sdk::Offer> offers;
      for (const cudalike::Implementation* one : cudalike::implementations()) {
        if (!one->serves(problem)) continue;
        offers.push_back(
            {one->name(dialect), std::string(one->division), one->why_not(problem, *this)});
      }
      return offers;
    }

    std::unique_ptr<Executable> prepare(std::string_view text, std::string_view wanted,
                                        std::span<Buffer* const> buffers) {
      const kernels::Problem problem = assay::backends::parsed(text);
      assay::backends::require_buffers(problem, buffers, rank());
      make_current();
      for (const cudalike::Implementation* one : cudalike::implementations()) {
        if (!one->serves(problem) || one->name(dialect) != wanted) continue;
        return std::make_unique<Executable>(*this, one->prepare(problem, buffers, *this));
      }
      throw sdk::Failure(ASSAY_INVALID, fmt::format("there is no implementation {}", wanted));
    }
  };

  static sdk::Findings probe() {
    cudalike::serve(dialect);
    return cudalike::platform().findings();
  }
  static sdk::DeviceDescription describe(std::uint32_t index) {
    return cudalike::describe_device(index);
  }
  static std::unique_ptr<Device> open(std::uint32_t index, const assay_open_options& options) {
    return std::make_unique<Device>(index, options.tune != 0);
  }
};

}  // namespace

ASSAY_MODULE(Family)
