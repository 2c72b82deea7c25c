// Products of 8-bit floats and block-scaled types, which this CPU cannot multiply as they are.
#include "backends/cpu/native/widened.h"

namespace assay::backends::cpu::native_widened {

extern const Implementation implementation;

namespace {

using kernels::MatmulShape;
using native::Widener;

std::string why_not(const kernels::Problem& problem, const Machine&) {
  return native::widened_why_not(kernels::matmul_shape(problem));
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  const MatmulShape s = kernels::matmul_shape(problem);
  std::vector<native::WidenedPart> parts;
  for (std::int64_t batch = 0; batch < s.batch; ++batch) {
    parts.push_back({s.m, batch * s.m * s.k, batch * s.k * s.n, batch * s.m * s.n});
  }
  return std::make_unique<native::WidenedProducts>(
      s, std::move(parts), Widener(s.a, buffers[0], s.batch * s.m * s.k),
      Widener(s.b, buffers[1], s.batch * s.k * s.n), buffers[2], machine);
}

}  // namespace

const Implementation implementation = {"native/widened", "native", "matmul", why_not, prepare};

}  // namespace assay::backends::cpu::native_widened
