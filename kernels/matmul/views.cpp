#include "kernels/matmul/views.h"

namespace assay::kernels {

namespace {

MatrixView view(DataType type, std::span<const std::byte> array, std::int64_t rows,
                std::int64_t columns, bool transposed, std::int64_t batch) {
  return {type, array, rows, columns, transposed, batch * rows * columns};
}

}  // namespace

MatrixView view_a(const MatmulShape& s, std::span<const std::byte> a, std::int64_t batch) {
  return view(s.a, a, s.m, s.k, s.transpose_a, batch);
}
MatrixView view_b(const MatmulShape& s, std::span<const std::byte> b, std::int64_t batch) {
  return view(s.b, b, s.k, s.n, s.transpose_b, batch);
}
MatrixView view_c(const MatmulShape& s, std::span<const std::byte> c, std::int64_t batch) {
  return view(s.c, c, s.m, s.n, false, batch);
}

}  // namespace assay::kernels
