#include "kernels/matrix_view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "kernels/fields.h"
#include "kernels/input.h"

namespace assay::kernels {
namespace {

constexpr std::int64_t kRows = 37, kColumns = 53, kFirst = 11;

/// Two matrices at an odd offset in a larger array of the type.
class PackedMatrix : public testing::TestWithParam<DataType> {
 protected:
  const DataType type = GetParam();
  const std::vector<std::byte> array = made();

  std::vector<std::byte> made() const {
    const Operand operand{"a", Role::input, type, {3000}, false, exact_integer_limit(type)};
    std::vector<std::byte> bytes(static_cast<std::size_t>(operand.bytes()));
    OperandSource(operand, "integer", 3, 0).generate(0, bytes);
    return bytes;
  }
  MatrixView view(bool transposed) const {
    return {type, array, kRows, kColumns, transposed, kFirst};
  }
  double element(bool transposed, std::int64_t row, std::int64_t column) const {
    const std::int64_t index = transposed ? column * kRows + row : row * kColumns + column;
    return load(type, std::span<const std::byte>(array), kFirst + index);
  }
};

TEST_P(PackedMatrix, IsDecodedInBlocksAsElementByElement) {
  for (const bool transposed : {false, true}) {
    std::vector<double> block(20 * 30);
    decode_block(view(transposed), {5, 20, nullptr}, {7, 30, nullptr}, block.data(), 30);
    for (std::int64_t i = 0; i < 20 * 30; ++i) {
      ASSERT_EQ(block[static_cast<std::size_t>(i)], element(transposed, 5 + i / 30, 7 + i % 30));
    }
  }
}

TEST_P(PackedMatrix, IsMultipliedExactly) {
  const MatrixView a = view(false), b{type, array, kColumns, kRows, true, kFirst};
  for_each_product_block(a, b, IndexSet::all(kRows), IndexSet::all(kRows), TermSizes::none,
                         [&](const ProductBlock& block) {
                           for (std::int64_t r = 0; r < block.rows.count; ++r) {
                             for (std::int64_t c = 0; c < block.columns.count; ++c) {
                               double sum = 0;
                               for (std::int64_t k = 0; k < kColumns; ++k) {
                                 sum += element(false, block.rows[r], k) *
                                        element(false, block.columns[c], k);
                               }
                               ASSERT_EQ(block.values[r * block.stride + c], sum);
                             }
                           }
                         });
}

INSTANTIATE_TEST_SUITE_P(Types, PackedMatrix,
                         testing::Values(DataType::bf16, DataType::i8, DataType::i4,
                                         DataType::f6e2m3, DataType::f4e2m1, DataType::mxfp8e4m3,
                                         DataType::mxfp6e3m2, DataType::mxfp4, DataType::nvfp4,
                                         DataType::f8e4m3g128, DataType::i4g128),
                         [](const auto& one) { return std::string(name(one.param)); });

/// Elements of A B and their sums of squares, for the first rows of A: 150 x 70, B 70 x 1100.
std::vector<double> product_of_rows(std::int64_t rows) {
  constexpr std::int64_t kAll = 150, kDepth = 70, kWidth = 1100;
  std::vector<float> a(kAll * kDepth), b(kDepth * kWidth);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = 1.0F / static_cast<float>(i % 97 + 3);
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = 1.0F / static_cast<float>(i % 89 + 7);
  const MatrixView left{DataType::f32, std::as_bytes(std::span(a)), kAll, kDepth};
  const MatrixView right{DataType::f32, std::as_bytes(std::span(b)), kDepth, kWidth};
  std::vector<double> out(static_cast<std::size_t>(2 * rows * kWidth), -1);
  for_each_product_block(left, right, IndexSet::all(rows), IndexSet::all(kWidth),
                         TermSizes::squares, [&](const ProductBlock& block) {
                           for (std::int64_t r = 0; r < block.rows.count; ++r) {
                             for (std::int64_t c = 0; c < block.columns.count; ++c) {
                               const std::int64_t at = block.rows[r] * kWidth + block.columns[c];
                               const auto to = static_cast<std::size_t>(2 * at);
                               out[to] = block.values[r * block.stride + c];
                               out[to + 1] = block.sizes[r * block.stride + c];
                             }
                           }
                         });
  return out;
}

TEST(ProductBlocks, HaveTheSameBitsForFewRowsAsForMany) {
  const std::vector<double> all = product_of_rows(150);
  EXPECT_EQ(std::ranges::count(all, -1.0), 0);
  for (const std::int64_t rows : {1, 7, 32, 33}) {
    const std::vector<double> some = product_of_rows(rows);
    EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin())) << rows;
  }
}

}  // namespace
}  // namespace assay::kernels
