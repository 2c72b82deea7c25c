#include <fmt/format.h>

#include "kernels/matmul/products.h"
#include "kernels/matmul/rules.h"
#include "kernels/matmul/views.h"

namespace assay::kernels {

namespace {

std::string place_of(const MatmulShape& s, std::int64_t row) {
  if (s.batch == 1) return fmt::format("row {}", row);
  return fmt::format("batch {}, row {}", row / s.m, row % s.m);
}

ProductSet products_of(const Problem& problem, ConstBytes a, ConstBytes b, ConstBytes c) {
  ProductSet set;
  set.shape = matmul_shape(problem);
  const MatmulShape& s = set.shape;
  for (std::int64_t batch = 0; batch < s.batch; ++batch) {
    set.products.push_back(
        {view_a(s, a, batch), view_b(s, b, batch), view_c(s, c, batch), batch * s.m});
  }
  set.exact = problem.choice("dist") == "integer" || is_integer(s.a);
  if (!is_integer(s.a)) set.factor = static_cast<double>(product_integer_limit(s));
  set.flop = problem.operation().work(problem).flop;
  set.place = [s](std::int64_t row) { return place_of(s, row); };
  return set;
}

}  // namespace

void matmul_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                      std::span<const Bytes> outputs) {
  compute_products(products_of(problem, buffers[0], buffers[1], outputs[0]), outputs[0]);
}

Check matmul_check(const Problem& problem, std::span<const ConstBytes> buffers,
                   const CheckOptions& options) {
  return check_matmul(problem, buffers, options, {});
}

Check check_matmul(const Problem& problem, std::span<const ConstBytes> buffers,
                   const CheckOptions& options, const Accumulator& accumulator) {
  return check_products(products_of(problem, buffers[0], buffers[1], buffers[2]), buffers[2],
                        options, accumulator);
}

}  // namespace assay::kernels
