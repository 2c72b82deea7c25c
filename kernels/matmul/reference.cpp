#include <tbb/parallel_for.h>

#include "kernels/matmul/check.h"
#include "kernels/matmul/views.h"

namespace assay::kernels {

namespace {

MatrixView view(DataType type, const std::byte* data, std::int64_t rows, std::int64_t columns,
                bool transposed, std::int64_t batch) {
  const std::int64_t before = batch * rows * columns * static_cast<std::int64_t>(size_of(type));
  return {type, data + before, rows, columns, transposed};
}

}  // namespace

MatrixView view_a(const MatmulShape& s, const std::byte* a, std::int64_t batch) {
  return view(s.a, a, s.m, s.k, s.transpose_a, batch);
}
MatrixView view_b(const MatmulShape& s, const std::byte* b, std::int64_t batch) {
  return view(s.b, b, s.k, s.n, s.transpose_b, batch);
}
MatrixView view_c(const MatmulShape& s, const std::byte* c, std::int64_t batch) {
  return view(s.c, c, s.m, s.n, false, batch);
}

void matmul_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                      std::span<const Bytes> outputs) {
  const MatmulShape s = matmul_shape(problem);
  std::byte* const output = outputs[0].data();
  tbb::parallel_for(std::int64_t{0}, s.batch, [&](std::int64_t batch) {
    const MatrixView a = view_a(s, buffers[0].data(), batch);
    const MatrixView b = view_b(s, buffers[1].data(), batch);
    const auto write = [&](const ProductBlock& block) {
      for (std::int64_t r = 0; r < block.rows.count; ++r) {
        const std::int64_t first = (batch * s.m + block.rows[r]) * s.n + block.columns.first;
        encode_array(
            s.c, {block.values + r * block.stride, static_cast<std::size_t>(block.columns.count)},
            output, first);
      }
    };
    for_each_product_block(a, b, IndexSet::all(s.m), IndexSet::all(s.n), false, write);
  });
}

}  // namespace assay::kernels
