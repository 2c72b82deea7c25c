// Products with experts of 8-bit floats and block-scaled types.
#include "backends/cpu/native/widened.h"
#include "kernels/grouped_matmul/shape.h"

namespace assay::backends::cpu::native_widened_grouped {

extern const Implementation implementation;

namespace {

using kernels::GroupedMatmulShape;
using native::Widener;

std::string why_not(const kernels::Problem& problem, const Machine&) {
  return native::widened_why_not(kernels::grouped_matmul_shape(problem).product);
}

/// The sizes of the groups are those of the problem, which `sizes` holds too.
std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  const GroupedMatmulShape s = kernels::grouped_matmul_shape(problem);
  const kernels::MatmulShape& p = s.product;
  std::vector<native::WidenedPart> parts;
  for (std::int64_t group = 0; group < s.groups; ++group) {
    const auto at = static_cast<std::size_t>(group);
    if (s.sizes[at] == 0) continue;
    parts.push_back({s.sizes[at], s.begins[at] * p.k, group * p.k * p.n, s.begins[at] * p.n});
  }
  return std::make_unique<native::WidenedProducts>(
      p, std::move(parts), Widener(p.a, buffers[0], s.tokens * p.k),
      Widener(p.b, buffers[1], s.groups * p.k * p.n), buffers[3], machine);
}

}  // namespace

const Implementation implementation = {"native/widened", "native", "grouped_matmul", why_not,
                                       prepare};

}  // namespace assay::backends::cpu::native_widened_grouped
