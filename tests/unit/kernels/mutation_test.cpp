// Tests the checks with outputs that are right except for one fault of a kind that real kernels
// have.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kernels/workbench.h"

namespace assay::kernels::mutation_test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const CheckOptions kWhole{.full_flop = 1e12};
const CheckOptions kProbed{.full_flop = 0};

constexpr std::string_view kProduct =
    "matmul m=300 n=260 k=384 a=bf16 b=bf16 c=f32 layout=nt dist=uniform seed=7";
constexpr std::string_view kNarrowProduct =
    "matmul m=300 n=300 k=2048 a=bf16 b=bf16 c=bf16 layout=nn dist=uniform seed=7";
constexpr std::string_view kAttention =
    "attention b=2 hq=6 hkv=2 sq=150 skv=200 d=64 type=bf16 mask=causal dist=uniform seed=3";

/// Outputs of the same problem with faults, checked completely and by samples.
class MatmulCheck : public ::testing::TestWithParam<bool> {
 protected:
  CheckOptions options() const { return GetParam() ? kProbed : kWhole; }

  void expect_caught(Workbench& bench) {
    const Check check = bench.check(options());
    EXPECT_EQ(check.outcome, Outcome::wrong) << check.method << ": " << check.where;
    EXPECT_THAT(check.where, HasSubstr("row "));
    EXPECT_GT(check.worst, 1);
    EXPECT_TRUE(std::isfinite(check.worst));
  }

  /// Changes one element after another by `amount`: more positions than samples can cover.
  void expect_located(Workbench& bench, double amount) {
    const std::int64_t n = matmul_shape(bench.problem).n;
    const std::pair<std::int64_t, std::int64_t> places[] = {
        {137, 201}, {41, 9}, {190, 250}, {77, 166}, {103, 88}};
    for (const auto& [row, column] : places) {
      const double kept = bench.get(row * n + column);
      bench.set(row * n + column, kept + amount);
      expect_caught(bench);
      EXPECT_THAT(bench.check(options()).where,
                  HasSubstr(fmt::format("row {}, column {}:", row, column)));
      bench.set(row * n + column, kept);
    }
  }

  static Workbench right(std::string_view text) {
    Workbench bench(text);
    compute_matmul(bench);
    return bench;
  }
};

std::string whole_or_probed(const ::testing::TestParamInfo<bool>& one) {
  return one.param ? "Probed" : "Whole";
}
INSTANTIATE_TEST_SUITE_P(, MatmulCheck, ::testing::Bool(), whole_or_probed);

TEST_P(MatmulCheck, AcceptsWhatIsRightAndSaysHow) {
  for (const std::string_view text : {kProduct, kNarrowProduct}) {
    const Check check = right(text).check(options());
    EXPECT_EQ(check.outcome, Outcome::right) << check.where;
    EXPECT_EQ(check.where, "");
    EXPECT_LT(check.worst, 1);
    EXPECT_THAT(check.method, HasSubstr(GetParam() ? "Freivalds" : "every element"));
  }
}

TEST_P(MatmulCheck, CatchesADroppedBlockOfK) {
  for (const std::string_view text : {kProduct, kNarrowProduct}) {
    Workbench bench(text);
    compute_matmul(bench, {.dropped_from = 128, .dropped_to = 160});
    expect_caught(bench);
  }
}

TEST_P(MatmulCheck, CatchesSwappedRows) {
  Workbench bench = right(kProduct);
  const auto row = bench.output().begin() + 0;
  const auto bytes = 260 * 4;
  std::swap_ranges(row + 141 * bytes, row + 142 * bytes, row + 211 * bytes);
  expect_caught(bench);
}

TEST_P(MatmulCheck, CatchesSwappedColumns) {
  Workbench bench = right(kProduct);
  for (std::int64_t row = 0; row < 300; ++row) {
    const double kept = bench.get(row * 260 + 91);
    bench.set(row * 260 + 91, bench.get(row * 260 + 202));
    bench.set(row * 260 + 202, kept);
  }
  expect_caught(bench);
}

TEST_P(MatmulCheck, CatchesATransposedOutput) {
  Workbench bench = right("matmul m=256 n=256 k=128 a=f32 b=f32 c=f32 dist=normal seed=1");
  for (std::int64_t row = 0; row < 256; ++row) {
    for (std::int64_t column = 0; column < row; ++column) {
      const double kept = bench.get(row * 256 + column);
      bench.set(row * 256 + column, bench.get(column * 256 + row));
      bench.set(column * 256 + row, kept);
    }
  }
  expect_caught(bench);
}

TEST_P(MatmulCheck, CatchesStaleOutput) {
  Workbench bench = right(kProduct);
  std::string other(kProduct);
  other.replace(other.find("seed=7"), 6, "seed=8");
  bench.output() = right(other).output();
  expect_caught(bench);
}

TEST_P(MatmulCheck, CatchesAnUnwrittenBlockAndNamesIt) {
  for (const char* types : {"a=bf16 c=f32", "a=f16 c=f16", "a=i8", "a=f8e4m3 c=f8e4m3"}) {
    Workbench bench = right(fmt::format("matmul m=300 n=260 k=160 {} dist=uniform", types));
    const auto size = static_cast<std::size_t>(bytes_of(bench.output_type(), 1));
    for (std::size_t row = 130; row < 140; ++row) {
      poison(bench.output_type(), Bytes(bench.output()).subspan((row * 260 + 77) * size, 9 * size));
    }
    expect_caught(bench);
    EXPECT_THAT(bench.check(options()).where, HasSubstr("row 130, column "));
    EXPECT_THAT(bench.check(options()).where, HasSubstr("never written"));
  }
}

TEST_P(MatmulCheck, CatchesOneElementThatIsInfinite) {
  Workbench bench = right(kProduct);
  bench.set(173 * 260 + 99, INFINITY);
  expect_caught(bench);
  EXPECT_THAT(bench.check(options()).where, HasSubstr("row 173, column 99"));
}

TEST_P(MatmulCheck, CatchesOneElementOffByMuchAndLocatesIt) {
  for (const std::string_view text : {kProduct, kNarrowProduct}) {
    Workbench bench = right(text);
    expect_located(bench, 3);
  }
}

TEST_P(MatmulCheck, CatchesAccumulationInTheOperandsType) {
  Workbench bench("matmul m=150 n=150 k=512 a=bf16 c=bf16 dist=uniform");
  compute_matmul(bench, {.narrow_sum = [](double sum) {
                   return decode(DataType::bf16, encode(DataType::bf16, sum));
                 }});
  expect_caught(bench);
}

TEST_P(MatmulCheck, CatchesFactorsOfElevenBitsInPlaceOfTwentyFour) {
  Workbench bench("matmul m=160 n=160 k=5000 a=f32 dist=uniform");
  compute_matmul(bench, {.narrow_factor = [](double factor) {
                   return decode(DataType::f16, encode(DataType::f16, factor));
                 }});
  const Check check = bench.check(options());
  EXPECT_EQ(check.outcome, Outcome::wrong) << check.worst;
  EXPECT_THAT(check.where, HasSubstr("agrees with tf32 inputs or f16 inputs"));
}

TEST_P(MatmulCheck, CatchesAnIntegerOffByOne) {
  for (const char* types : {"a=i8 dist=uniform", "a=bf16 dist=integer", "a=f32 dist=integer",
                            "a=f64 dist=integer", "a=f8e4m3 b=f8e5m2 dist=integer"}) {
    Workbench bench = right(fmt::format("matmul m=200 n=300 k=256 layout=tn {}", types));
    EXPECT_EQ(bench.check(options()).outcome, Outcome::right);
    expect_located(bench, 1);
  }
}

TEST_P(MatmulCheck, CatchesAWrongBatch) {
  Workbench bench = right("matmul m=96 n=100 k=120 a=f16 c=f16 batch=5 dist=normal");
  const auto begin = bench.output().begin();
  const std::ptrdiff_t size = 96 * 100 * 2;
  std::copy(begin + size, begin + 2 * size, begin + 3 * size);
  expect_caught(bench);
  EXPECT_THAT(bench.check(options()).where, HasSubstr("batch 3"));
}

TEST(MatmulBound, SeparatesJustBelowFromJustAbove) {
  Workbench bench("matmul m=20 n=30 k=400 a=bf16 dist=uniform");
  compute_matmul(bench);
  const auto a = bench.numbers<double>(0), b = bench.numbers<double>(1);
  double value = 0, size = 0;
  for (std::size_t k = 0; k < 400; ++k) {
    value += a[11 * 400 + k] * b[k * 30 + 17];
    size += std::fabs(a[11 * 400 + k] * b[k * 30 + 17]);
  }
  const double bound = 8 * std::sqrt(400.0) * 0x1p-24 * size + 0x1p-24 * std::fabs(value);
  bench.set(11 * 30 + 17, value + 0.98 * bound);
  EXPECT_EQ(bench.check().outcome, Outcome::right);
  bench.set(11 * 30 + 17, value - 1.02 * bound);
  EXPECT_EQ(bench.check().outcome, Outcome::suspicious);
  EXPECT_THAT(bench.check().where, HasSubstr("row 11, column 17"));
  bench.set(11 * 30 + 17, value + 1.02 * 400 * 0x1p-24 * size + 0x1p-24 * std::fabs(value));
  EXPECT_EQ(bench.check().outcome, Outcome::wrong);
}

TEST(MatmulBound, GrowsWithTheSquaresWhereSumsAreRoundedToNearest) {
  Workbench bench("matmul m=20 n=30 k=400 a=f32 dist=uniform");
  compute_matmul(bench);
  const auto a = bench.numbers<double>(0), b = bench.numbers<double>(1);
  double value = 0, squares = 0;
  for (std::size_t k = 0; k < 400; ++k) {
    const double product = a[11 * 400 + k] * b[k * 30 + 17];
    value += product;
    squares += product * product;
  }
  const double bound = 4 * std::sqrt(400.0) * 0x1p-24 * (std::sqrt(squares) + std::fabs(value)) +
                       0x1p-24 * std::fabs(value);
  bench.set(11 * 30 + 17, value + 0.98 * bound);
  EXPECT_EQ(bench.check().outcome, Outcome::right);
  bench.set(11 * 30 + 17, value - 1.02 * bound);
  EXPECT_EQ(bench.check().outcome, Outcome::suspicious);
  bench.set(11 * 30 + 17, value - 4.02 * bound);
  EXPECT_EQ(bench.check().outcome, Outcome::wrong);
}

TEST(MatmulBound, IsAsSharpOnOneElementOfAProbedProduct) {
  Workbench bench("matmul m=700 n=500 k=400 a=f32 dist=uniform");
  compute_matmul(bench);
  const auto a = bench.numbers<double>(0), b = bench.numbers<double>(1);
  double size = 0;
  for (std::size_t k = 0; k < 400; ++k) size += std::fabs(a[411 * 400 + k] * b[k * 500 + 317]);
  const double worst = 400 * 0x1p-24 * size;
  bench.set(411 * 500 + 317, bench.get(411 * 500 + 317) + 1.1 * worst);
  const Check check = bench.check(kProbed);
  EXPECT_EQ(check.outcome, Outcome::wrong);
  EXPECT_THAT(check.where, HasSubstr("row 411, column 317"));
}

TEST(MatmulCheckOfOverflow, AcceptsInfinityAndSaturationOnlyWhereTheSumOverflows) {
  Workbench bench("matmul m=4 n=4 k=512 a=f16 c=f16 dist=normal");
  for (std::size_t operand : {0U, 1U}) {
    for (std::int64_t i = 0; i < bench.operands[operand].elements(); ++i) {
      store(DataType::f16, bench.buffers[operand].data(), i, 16);  // sums to 131072
    }
  }
  compute_matmul(bench);
  EXPECT_EQ(bench.get(5), INFINITY);
  EXPECT_EQ(bench.check().outcome, Outcome::right);
  bench.set(5, 65504);
  EXPECT_EQ(bench.check().outcome, Outcome::right);
  bench.set(5, -INFINITY);
  EXPECT_EQ(bench.check().outcome, Outcome::wrong);
  bench.set(5, NAN);
  EXPECT_EQ(bench.check().outcome, Outcome::wrong);
}

TEST(MatmulCheckOfNaN, AcceptsNaNOnlyWhereAnOperandHasIt) {
  for (const CheckOptions& options : {kWhole, kProbed}) {
    Workbench bench("matmul m=200 n=200 k=200 a=f32 dist=uniform");
    store(DataType::f32, bench.buffers[0].data(), 150 * 200 + 3, NAN);
    compute_matmul(bench);
    EXPECT_EQ(bench.check(options).outcome, Outcome::right) << bench.check(options).where;
    bench.set(150 * 200 + 20, 0.5);
    EXPECT_EQ(bench.check(options).outcome, Outcome::wrong);
  }
}

/// Attention checked completely and by samples.
class AttentionCheck : public ::testing::TestWithParam<bool> {
 protected:
  CheckOptions options() const { return GetParam() ? kProbed : kWhole; }

  static Workbench with(const AttentionFault& fault, std::string_view text = kAttention) {
    Workbench bench(text);
    compute_attention(bench, fault);
    return bench;
  }

  void expect_caught(const Workbench& bench) {
    const Check check = bench.check(options());
    EXPECT_EQ(check.outcome, Outcome::wrong) << check.method << ": " << check.where << check.worst;
    EXPECT_THAT(check.where, HasSubstr("head "));
  }
};
INSTANTIATE_TEST_SUITE_P(, AttentionCheck, ::testing::Bool(), whole_or_probed);

TEST_P(AttentionCheck, AcceptsWhatIsRightWithWeightsRoundedOrNot) {
  for (const bool round_weights : {false, true}) {
    const Check check = with({.round_weights = round_weights}).check(options());
    EXPECT_EQ(check.outcome, Outcome::right) << check.where;
    EXPECT_THAT(check.method, HasSubstr(GetParam() ? "64 of 1800 rows" : "every row"));
  }
}

TEST_P(AttentionCheck, CatchesAMissingCausalMask) {
  expect_caught(with({.forget_mask = true}));
}

TEST_P(AttentionCheck, CatchesAMaskOffByOneKey) {
  expect_caught(with({.mask_shift = 1}));
  expect_caught(with({.mask_shift = -1}));
}

TEST_P(AttentionCheck, CatchesAMaskAlignedToTheTopLeft) {
  expect_caught(with({.mask_shift = 150 - 200}));
}

TEST_P(AttentionCheck, CatchesAWrongScale) {
  expect_caught(with({.scale_factor = std::sqrt(64.0)}));
  expect_caught(with({.scale_factor = 1 / std::sqrt(64.0)}));
  expect_caught(with({.scale_factor = std::log(2.0)}));
}

TEST_P(AttentionCheck, CatchesAWrongHeadMapping) {
  expect_caught(with({.interleave_heads = true}));
}

TEST_P(AttentionCheck, CatchesADroppedBlockOfKeys) {
  expect_caught(with({.dropped_from = 32, .dropped_to = 64}));
  expect_caught(with({.dropped_from = 2016, .dropped_to = 2048},
                     "attention b=1 hq=2 hkv=1 sq=40 skv=2048 d=64 type=bf16 seed=3"));
}

TEST_P(AttentionCheck, CatchesSumsInTheOperandsType) {
  const Workbench bench =
      with({.narrow_sum =
                [](double sum) { return decode(DataType::bf16, encode(DataType::bf16, sum)); }},
           "attention b=1 hq=2 hkv=1 sq=40 skv=1024 d=64 type=bf16 seed=3");
  EXPECT_NE(bench.check(options()).outcome, Outcome::right);
}

TEST_P(AttentionCheck, CatchesStaleOutput) {
  Workbench bench = with({});
  std::string other(kAttention);
  other.replace(other.find("seed=3"), 6, "seed=4");
  bench.output() = with({}, other).output();
  expect_caught(bench);
}

TEST_P(AttentionCheck, CatchesSwappedHeads) {
  Workbench bench = with({});
  const std::ptrdiff_t head = 150 * 64 * 2;
  const auto begin = bench.output().begin();
  std::swap_ranges(begin + 3 * head, begin + 4 * head, begin + 4 * head);
  expect_caught(bench);
}

TEST_P(AttentionCheck, CatchesOneUnwrittenElementAnywhere) {
  Workbench bench = with({});
  const std::int64_t index = ((1 * 6 + 2) * 150 + 83) * 64 + 17;
  poison(DataType::bf16, Bytes(bench.output()).subspan(static_cast<std::size_t>(index) * 2, 2));
  expect_caught(bench);
  EXPECT_THAT(bench.check(options()).where, HasSubstr("batch 1, head 2, query 83, column 17"));
  EXPECT_THAT(bench.check(options()).where, HasSubstr("never written"));
}

TEST_P(AttentionCheck, CatchesOneElementOutsideTheRangeOfTheValuesSeen) {
  Workbench bench = with({});
  bench.set(((1 * 6 + 2) * 150 + 83) * 64 + 17, 1.25);
  expect_caught(bench);
  EXPECT_THAT(bench.check(options()).where, HasSubstr("batch 1, head 2, query 83, column 17"));
}

TEST(AttentionHull, FollowsTheMaskWithEachQuery) {
  Workbench bench("attention b=1 hq=1 hkv=1 sq=600 skv=600 d=8 type=f32 mask=causal seed=3");
  compute_attention(bench);
  // Query 203 copies a value that only a later query may see.
  const auto v = bench.numbers<double>(2);
  double most = -2, beyond = -2;
  for (std::size_t j = 0; j < 600; ++j) {
    double& side = j <= 203 ? most : beyond;
    side = std::max(side, v[j * 8 + 5]);
  }
  ASSERT_GT(beyond, most) << "choose a seed whose later values reach further";
  bench.set(203 * 8 + 5, beyond);
  const Check check = bench.check(kProbed);
  EXPECT_EQ(check.outcome, Outcome::wrong);
  EXPECT_THAT(check.where, HasSubstr("query 203, column 5"));
}

TEST(AttentionBound, CatchesAnElementOffByJustMoreInF32) {
  Workbench bench("attention b=1 hq=2 hkv=1 sq=30 skv=300 d=64 type=f32 seed=3");
  compute_attention(bench);
  bench.set(700, bench.get(700) + 2e-7);
  EXPECT_EQ(bench.check().outcome, Outcome::right);
  bench.set(700, bench.get(700) + 1e-4);
  const Check check = bench.check();
  EXPECT_EQ(check.outcome, Outcome::wrong) << check.worst;
  EXPECT_THAT(check.where, HasSubstr("batch 0, head 0, query 10, column 60"));
}

TEST(CopyCheck, CatchesOneBit) {
  for (const char* type : {"f64", "f32", "tf32", "bf16", "f16", "f8e4m3", "f8e5m2", "i8", "i32"}) {
    Workbench bench(fmt::format("copy n=5000 type={}", type));
    compute_copy(bench);
    EXPECT_EQ(bench.check().outcome, Outcome::right);
    bench.output()[4321] ^= std::byte{1};
    const Check check = bench.check();
    EXPECT_EQ(check.outcome, Outcome::wrong);
    EXPECT_THAT(check.where,
                HasSubstr(fmt::format("element {}:", 4321 / bytes_of(bench.output_type(), 1))));
  }
}

TEST(TriadCheck, CatchesTwoUnitsInTheLastPlaceAndAMissingFactor) {
  for (const char* type : {"f64", "f32", "bf16", "f16"}) {
    Workbench bench(fmt::format("triad n=9000 type={} dist=normal", type));
    compute_triad(bench);
    EXPECT_EQ(bench.check().outcome, Outcome::right) << bench.check().where;
    const double unit = unit_roundoff(bench.output_type());
    const double c = load(bench.output_type(), bench.buffers[1].data(), 8765);
    bench.set(8765, bench.get(8765) * (1 + 8 * unit) + 24 * unit * c);
    EXPECT_EQ(bench.check().outcome, Outcome::wrong);
    compute_triad(bench);
    bench.set(77, load(bench.output_type(), bench.buffers[0].data(), 77));
    EXPECT_THAT(bench.check().where, HasSubstr("element 77:"));
  }
}

TEST(FmaCheck, CatchesAStepLeftOutAndAnUnwrittenSum) {
  for (const char* type : {"f64", "f32", "tf32", "bf16", "f16", "f8e4m3", "f8e5m2", "i8"}) {
    Workbench bench(fmt::format("fma n=640 steps=33 type={}", type));
    compute_fma(bench);
    EXPECT_EQ(bench.check().outcome, Outcome::right) << bench.check().where;
    Workbench fewer(fmt::format("fma n=640 steps=32 type={}", type));
    fewer.buffers[0] = bench.buffers[0];
    fewer.buffers[1] = bench.buffers[1];
    compute_fma(fewer);
    std::swap(fewer.output(), bench.output());
    EXPECT_EQ(bench.check().outcome, Outcome::wrong);
    bench.output() = fewer.output();
    const auto size = static_cast<std::size_t>(bytes_of(bench.output_type(), 1));
    poison(bench.output_type(), Bytes(bench.output()).subspan(333 * size, size));
    EXPECT_THAT(bench.check().where, HasSubstr("row 5, column 13: got the poison"));
  }
}

}  // namespace
}  // namespace assay::kernels::mutation_test
