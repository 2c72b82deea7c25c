#include <fmt/format.h>

#include <algorithm>

#include "kernels/grouped_matmul/shape.h"
#include "kernels/matmul/products.h"
#include "kernels/matmul/rules.h"
#include "kernels/matmul/views.h"

namespace assay::kernels {

namespace {

std::string place_of(const GroupedMatmulShape& s, std::int64_t row) {
  const auto after = std::upper_bound(s.begins.begin(), s.begins.end(), row);
  const std::int64_t group = after - s.begins.begin() - 1;
  return fmt::format("group {}, row {} of its {}", group,
                     row - s.begins[static_cast<std::size_t>(group)],
                     s.sizes[static_cast<std::size_t>(group)]);
}

/// The sizes come from the problem, not from the buffer, which a kernel may have changed.
ProductSet products_of(const Problem& problem, std::span<const ConstBytes> buffers, ConstBytes c) {
  const GroupedMatmulShape s = grouped_matmul_shape(problem);
  ProductSet set;
  set.shape = s.product;
  for (std::int64_t group = 0; group < s.groups; ++group) {
    const MatmulShape one = s.of_group(group);
    if (one.m == 0) continue;
    const std::int64_t begin = s.begins[static_cast<std::size_t>(group)];
    MatrixView rows_of_a = view_a(one, buffers[0], 0), rows_of_c = view_c(one, c, 0);
    rows_of_a.first = begin * one.k;
    rows_of_c.first = begin * one.n;
    set.products.push_back({rows_of_a, view_b(one, buffers[1], group), rows_of_c, begin});
  }
  set.exact = problem.choice("dist") == "integer" || is_integer(s.product.a);
  if (!is_integer(s.product.a)) {
    set.factor = static_cast<double>(product_integer_limit(s.product));
  }
  set.flop = problem.operation().work(problem).flop;
  set.place = [s](std::int64_t row) { return place_of(s, row); };
  return set;
}

}  // namespace

void grouped_matmul_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                              std::span<const Bytes> outputs) {
  compute_products(products_of(problem, buffers, outputs[0]), outputs[0]);
}

Check grouped_matmul_check(const Problem& problem, std::span<const ConstBytes> buffers,
                           const CheckOptions& options) {
  return check_products(products_of(problem, buffers, buffers[3]), buffers[3], options);
}

}  // namespace assay::kernels
