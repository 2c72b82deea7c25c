// Products of narrow and block-scaled operands: panels are decoded to f32, and multiplied in f32.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "backends/cpu/implementation.h"
#include "backends/cpu/native/aligned.h"
#include "backends/cpu/native/tiles.h"
#include "backends/cpu/native/widen.h"
#include "kernels/matmul/shape.h"

namespace assay::backends::cpu::native {

/// One of several products that share their arrays.
struct WidenedPart {
  std::int64_t rows = 0;                               ///< of A and C
  std::int64_t first_a = 0, first_b = 0, first_c = 0;  ///< elements of the arrays
};

/// Why a product is left to others; empty where this one computes it. `shape`: types alone.
std::string widened_why_not(const kernels::MatmulShape& shape);

class WidenedProducts final : public Executable {
 public:
  /// `shape`: types, n, k and layouts of every part. Arrays in whole, with their scales.
  WidenedProducts(const kernels::MatmulShape& shape, std::vector<WidenedPart> parts, Widener a,
                  Widener b, std::byte* c, Machine& machine);

  void launch() override;
  std::map<std::string, std::string> details() const override;

 private:
  /// A block of one part's C that one thread computes.
  struct Piece {
    std::size_t part = 0;
    std::int64_t row = 0, rows = 0, column = 0, columns = 0;
  };
  /// What a thread works in.
  struct Scratch {
    AlignedArray<float> a, b, sums;
  };

  void cut();
  void compute(const Piece& piece, Scratch& scratch) const;
  void pack_a(const Piece& piece, std::int64_t k, std::int64_t depth, float* to) const;
  void pack_b(const Piece& piece, std::int64_t k, std::int64_t depth, float* to) const;
  void write(const Piece& piece, const float* sums, std::int64_t stride) const;

  kernels::MatmulShape shape_;
  std::vector<WidenedPart> parts_;
  Widener a_, b_;
  std::byte* c_;
  Machine& machine_;
  TileKernel tile_;
  std::int64_t block_rows_ = 0, block_columns_ = 0;
  std::vector<Piece> pieces_;
  std::vector<Scratch> scratch_;
};

}  // namespace assay::backends::cpu::native
