// Several matrix products of equal width and depth, with outputs one after the other: how they are
// computed in FP64 and judged. Shared by all operations that multiply matrices.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kernels/matmul/accumulator.h"
#include "kernels/matmul/shape.h"
#include "kernels/matrix_view.h"
#include "kernels/operation.h"

namespace assay::kernels {

struct Product {
  MatrixView a, b, c;          ///< c is empty where it is not needed
  std::int64_t first_row = 0;  ///< of c, counted over all products
};

struct ProductSet {
  MatmulShape shape;  ///< types, n and k are those of every product; m and batch are not used
  std::vector<Product> products;  ///< each of at least one row
  bool exact = false;             ///< the sums are exact: results must be equal bit for bit
  double factor = 127;            ///< bound on the magnitude of integer operands
  double flop = 0;                ///< of all products
  /// A row of c, counted over all products, in words: "batch 1, row 17".
  std::function<std::string(std::int64_t row)> place;
};

/// Writes c of all products, from `output` on.
void compute_products(const ProductSet& set, Bytes output);

/// Judges `output`, all c one after the other: every element where the cost allows, else
/// Freivalds' test over every row, with sampled and suspicious rows and columns in full.
/// `accumulator`: of the unit, where it is narrower than the problem's.
Check check_products(const ProductSet& set, ConstBytes output, const CheckOptions& options,
                     const Accumulator& accumulator = {});

/// matmul's check with such an accumulator.
Check check_matmul(const Problem& problem, std::span<const ConstBytes> buffers,
                   const CheckOptions& options, const Accumulator& accumulator);

}  // namespace assay::kernels
