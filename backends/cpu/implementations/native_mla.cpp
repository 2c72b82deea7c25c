// Absorbed latent attention: the heads' queries as one matrix against tiles of the shared cache.
#include "backends/cpu/implementation.h"
#include "backends/cpu/native/flash.h"
#include "kernels/attention/rules.h"
#include "kernels/mla_decode/shape.h"

namespace assay::backends::cpu::native_mla {

extern const Implementation implementation;

namespace {

std::string why_not(const kernels::Problem& problem, const Machine&) {
  return kernels::why_not_plain(kernels::mla_shape(problem));
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  return native::flash_latent(kernels::mla_shape(problem), buffers, machine);
}

}  // namespace

const Implementation implementation = {"native/flash", "native", "mla_decode", why_not, prepare};

}  // namespace assay::backends::cpu::native_mla
