// Typed matrices seen as FP64, and the exact product of parts of two of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/dtype.h"
#include "kernels/panel.h"

namespace assay::kernels {

/// rows x columns elements; stored row-major, or column-major when `transposed`.
struct MatrixView {
  DataType type = DataType::f32;
  std::span<const std::byte> array;  ///< the whole array, of which the matrix is a part
  std::int64_t rows = 0, columns = 0;
  bool transposed = false;
  std::int64_t first = 0;   ///< element of `array` where the matrix begins
  std::int64_t stride = 0;  ///< elements from one stored line to the next; 0: dense

  /// Index of an element in `array`.
  std::int64_t index(std::int64_t row, std::int64_t column) const {
    const std::int64_t line = stride != 0 ? stride : transposed ? rows : columns;
    return first + (transposed ? column * line + row : row * line + column);
  }
};

/// Some rows or some columns: a range, or a list where `list` is not null.
struct IndexSet {
  std::int64_t first = 0, count = 0;
  const std::int64_t* list = nullptr;

  static IndexSet all(std::int64_t count) { return {0, count, nullptr}; }
  static IndexSet of(std::span<const std::int64_t> indices) {
    return {0, static_cast<std::int64_t>(indices.size()), indices.data()};
  }
  std::int64_t operator[](std::int64_t i) const { return list != nullptr ? list[i] : first + i; }
  IndexSet part(std::int64_t from, std::int64_t length) const {
    if (list != nullptr) return {0, length, list + from};
    return {first + from, length, nullptr};
  }
};

/// to[r * stride + c] = element (rows[r], columns[c]).
void decode_block(const MatrixView& view, IndexSet rows, IndexSet columns, double* to,
                  std::int64_t stride);

/// The part of A B at `rows` x `columns`.
struct ProductBlock {
  IndexSet rows, columns;
  std::int64_t stride = 0;         ///< elements between rows of the arrays below
  const double* values = nullptr;  ///< A B in FP64
  const double* sizes = nullptr;   ///< as TermSizes says, null where not requested
};

/// What is computed beside each sum of products.
enum class TermSizes {
  none,
  magnitudes,  ///< the sum of their magnitudes, |A| |B|
  squares      ///< the sum of their squares
};

/// Visits A B at `rows` x `columns` block by block, on all threads of the current oneTBB arena.
void for_each_product_block(const MatrixView& a, const MatrixView& b, IndexSet rows,
                            IndexSet columns, TermSizes sizes,
                            const std::function<void(const ProductBlock&)>& visit);

}  // namespace assay::kernels
