// A matmul's operands as matrices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/matmul/shape.h"
#include "kernels/matrix_view.h"

namespace assay::kernels {

MatrixView view_a(const MatmulShape& shape, std::span<const std::byte> a, std::int64_t batch);
MatrixView view_b(const MatmulShape& shape, std::span<const std::byte> b, std::int64_t batch);
MatrixView view_c(const MatmulShape& shape, std::span<const std::byte> c, std::int64_t batch);

}  // namespace assay::kernels
