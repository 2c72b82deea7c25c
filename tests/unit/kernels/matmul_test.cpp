#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "kernels/freivalds.h"
#include "tests/unit/kernels/workbench.h"

namespace assay::kernels::matmul_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string error_of(std::string_view text) {
  try {
    Problem::parse(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Matmul, FillsInWhatTheTextLeavesOut) {
  EXPECT_EQ(Problem::parse("matmul m=2 n=3 k=4 a=f32").text(),
            "matmul m=2 n=3 k=4 a=f32 b=f32 c=f32 layout=nn dist=uniform seed=1");
  EXPECT_EQ(Problem::parse("matmul m=2 n=3 k=4 a=i8").text(),
            "matmul m=2 n=3 k=4 a=i8 b=i8 c=i32 layout=nn dist=uniform seed=1");
  EXPECT_EQ(Problem::parse("matmul m=2 n=3 k=4 a=f64 batch=5 acc=f64").text(),
            "matmul m=2 n=3 k=4 a=f64 b=f64 c=f64 layout=nn batch=5 dist=uniform seed=1");
}

TEST(Matmul, TakesTensorFloat32IntoF32Alone) {
  EXPECT_EQ(Problem::parse("matmul m=2 n=3 k=4 a=tf32").text(),
            "matmul m=2 n=3 k=4 a=tf32 b=tf32 c=f32 layout=nn dist=uniform seed=1");
  EXPECT_THAT(error_of("matmul m=2 n=3 k=4 a=tf32 b=f32"), HasSubstr("field b"));
  EXPECT_THAT(error_of("matmul m=2 n=3 k=4 a=tf32 c=bf16"), HasSubstr("field c"));
  EXPECT_THAT(error_of("matmul m=2 n=3 k=4 a=tf32 c=tf32"), HasSubstr("field c"));
  EXPECT_THAT(error_of("matmul m=2 n=3 k=4 a=tf32 acc=f64"), HasSubstr("field acc"));
}

TEST(Matmul, CountsTwoFlopAProductAndEachOperandOnce) {
  const Problem problem = Problem::parse("matmul m=10 n=20 k=30 a=bf16 batch=4");
  const Work work = problem.operation().work(problem);
  EXPECT_EQ(work.flop, 2.0 * 10 * 20 * 30 * 4);
  EXPECT_EQ(work.bytes, 4.0 * (10 * 30 * 2 + 30 * 20 * 2 + 10 * 20 * 4));
  EXPECT_EQ(work.type, DataType::bf16);
}

TEST(Matmul, StoresTransposedOperandsTheOtherWayRound) {
  const auto operands = [](const char* layout) {
    const Problem problem =
        Problem::parse(fmt::format("matmul m=10 n=20 k=30 a=f32 batch=2 layout={}", layout));
    return problem.operation().operands(problem);
  };
  EXPECT_THAT(operands("nn")[0].extents, ElementsAre(2, 10, 30));
  EXPECT_THAT(operands("nn")[1].extents, ElementsAre(2, 30, 20));
  EXPECT_THAT(operands("tt")[0].extents, ElementsAre(2, 30, 10));
  EXPECT_THAT(operands("tt")[1].extents, ElementsAre(2, 20, 30));
  EXPECT_THAT(operands("tt")[2].extents, ElementsAre(2, 10, 20));
  // Channels run along k in every layout.
  EXPECT_EQ(operands("nt")[0].channel_stride, 1);
  EXPECT_EQ(operands("nt")[1].channel_stride, 1);
  EXPECT_EQ(operands("tn")[0].channel_stride, 10);
  EXPECT_EQ(operands("tn")[1].channel_stride, 20);
  EXPECT_EQ(operands("tn")[1].channel_count, 30);
  EXPECT_TRUE(operands("nn")[1].weights);
  EXPECT_FALSE(operands("nn")[0].weights);
}

TEST(Matmul, NamesTheFieldThatDoesNotFit) {
  EXPECT_THAT(error_of("matmul m=2 n=2 k=2 a=bf16 b=f16"), HasSubstr("field b"));
  EXPECT_THAT(error_of("matmul m=2 n=2 k=2 a=bf16 c=f16"), HasSubstr("field c"));
  EXPECT_THAT(error_of("matmul m=2 n=2 k=2 a=f64 c=f32"), HasSubstr("field c"));
  EXPECT_THAT(error_of("matmul m=2 n=2 k=2 a=i8 c=f32"), HasSubstr("field c"));
  EXPECT_THAT(error_of("matmul m=2 n=2 k=2 a=f16 acc=f64"), HasSubstr("field acc"));
  EXPECT_THAT(error_of("matmul m=2 n=2 k=200000 a=i8"), HasSubstr("field k"));
  EXPECT_THAT(error_of("matmul m=2 n=2 k=20000000 a=f32 dist=integer"), HasSubstr("field k"));
  EXPECT_THAT(error_of("matmul m=4000000000 n=2 k=4000000000 a=f32"), HasSubstr("m, k"));
  EXPECT_EQ(error_of("matmul m=2 n=2 k=2 a=f8e4m3 b=f8e5m2"), "accepted");
  EXPECT_EQ(error_of("matmul m=2 n=2 k=2 a=bf16 c=bf16"), "accepted");
}

TEST(Matmul, TakesBlockScaledTypesWhoseBlocksRunAlongK) {
  EXPECT_EQ(Problem::parse("matmul m=2 n=3 k=64 a=mxfp8e4m3").text(),
            "matmul m=2 n=3 k=64 a=mxfp8e4m3 b=mxfp8e4m3 c=f32 layout=nt dist=uniform seed=1");
  for (const char* fields :
       {"k=32 a=mxfp8e5m2", "k=32 a=mxfp6e3m2", "k=32 a=mxfp6e2m3", "k=32 a=mxfp4", "k=16 a=nvfp4",
        "k=128 a=f8e4m3g128", "k=96 a=mxfp8e4m3 b=mxfp4 c=bf16", "k=32 a=mxfp4 b=mxfp6e2m3",
        "k=128 a=bf16 b=i4g128 c=bf16", "k=128 a=f16 b=i4g128 layout=tt", "k=32 a=bf16 b=mxfp4"}) {
    EXPECT_EQ(error_of(fmt::format("matmul m=2 n=3 {}", fields)), "accepted");
  }
}

TEST(Matmul, NamesTheFieldThatDoesNotFitABlock) {
  const auto error = [](const char* fields) {
    return error_of(fmt::format("matmul m=2 n=3 {}", fields));
  };
  EXPECT_THAT(error("k=48 a=mxfp8e4m3"),
              HasSubstr("field k: 48 is no multiple of 32, the block of a=mxfp8e4m3"));
  EXPECT_THAT(error("k=24 a=nvfp4"), HasSubstr("field k: 24 is no multiple of 16"));
  EXPECT_THAT(error("k=64 a=bf16 b=i4g128"), HasSubstr("field k: 64 is no multiple of 128"));
  for (const char* layout : {"nn", "tn", "tt"}) {
    EXPECT_THAT(error(fmt::format("k=64 a=mxfp4 layout={}", layout).c_str()),
                HasSubstr("field layout: the blocks of "));
  }
  EXPECT_THAT(error("k=64 a=bf16 b=mxfp4 layout=nn"),
              HasSubstr("field layout: the blocks of b=mxfp4 run along k"));
  EXPECT_THAT(error("k=64 a=mxfp4 b=nvfp4"), HasSubstr("field b: nvfp4 does not go with a=mxfp4"));
  EXPECT_THAT(error("k=64 a=f32 b=mxfp4"), HasSubstr("field b"));
  EXPECT_THAT(error("k=64 a=mxfp4 b=bf16"), HasSubstr("field b"));
  EXPECT_THAT(error("k=128 a=i4g128"), HasSubstr("field a"));
  EXPECT_THAT(error("k=64 a=mxfp4 c=mxfp4"), HasSubstr("field c"));
  EXPECT_THAT(error("k=64 a=mxfp4 c=i32"), HasSubstr("field c"));
}

TEST(Matmul, CountsTheBytesOfScalesAndTheRateOfTheWiderFactor) {
  const auto work = [](const char* fields) {
    const Problem problem = Problem::parse(fmt::format("matmul m=10 n=20 k=256 {}", fields));
    return problem.operation().work(problem);
  };
  EXPECT_EQ(work("a=mxfp4").bytes, 30 * (128 + 8) + 10 * 20 * 4);
  EXPECT_EQ(work("a=nvfp4 c=bf16").bytes, 30 * (128 + 16) + 10 * 20 * 2);
  EXPECT_EQ(work("a=mxfp6e3m2").bytes, 30 * (192 + 8) + 10 * 20 * 4);
  EXPECT_EQ(work("a=f8e4m3g128").bytes, 30 * (256 + 8) + 10 * 20 * 4);
  EXPECT_EQ(work("a=bf16 b=i4g128").bytes, 10 * 512 + 20 * (128 + 4) + 10 * 20 * 4);
  EXPECT_EQ(work("a=mxfp4 b=mxfp8e4m3").type, DataType::mxfp8e4m3);
  EXPECT_EQ(work("a=mxfp8e4m3 b=mxfp4").type, DataType::mxfp8e4m3);
  EXPECT_EQ(work("a=bf16 b=mxfp4").type, DataType::bf16);
}

TEST(Matmul, LimitsIntegersSoThatEverySumIsExact) {
  const auto limit = [](const char* fields) {
    const Problem problem = Problem::parse(fmt::format("matmul m=2 n=2 dist=integer {}", fields));
    return problem.operation().operands(problem)[0].integer_limit;
  };
  EXPECT_EQ(limit("k=1 a=bf16"), 256);
  EXPECT_EQ(limit("k=4096 a=bf16"), 64);
  EXPECT_EQ(limit("k=4097 a=bf16"), 63);
  EXPECT_EQ(limit("k=16777216 a=f32"), 1);
  EXPECT_EQ(limit("k=10 a=f8e4m3 b=f8e5m2"), 8);
  EXPECT_EQ(limit("k=133144 a=i8"), 127);
  EXPECT_EQ(limit("k=1000 a=f64"), 1024);
  EXPECT_EQ(limit("k=1000 a=f16 c=f16"), 8) << "sums stay below 65504";
}

TEST(MatmulReference, MultipliesByHand) {
  for (const char* layout : {"nn", "nt", "tn", "tt"}) {
    Workbench bench(fmt::format("matmul m=2 n=3 k=2 a=f16 c=f32 layout={}", layout));
    const MatmulShape s = matmul_shape(bench.problem);
    const double a[2][2] = {{1, 2}, {3, 4}}, b[2][3] = {{5, 6, 7}, {8, 9, 10}};
    for (std::int64_t i = 0; i < 2; ++i) {
      for (std::int64_t k = 0; k < 2; ++k) {
        store(s.a, bench.buffers[0].data(), s.transpose_a ? k * 2 + i : i * 2 + k, a[i][k]);
        for (std::int64_t j = 0; j < 3 && i == 0; ++j) {
          store(s.b, bench.buffers[1].data(), s.transpose_b ? j * 2 + k : k * 3 + j, b[k][j]);
        }
      }
    }
    bench.fill_with_reference();
    EXPECT_THAT(bench.numbers<double>(2), ElementsAre(21, 24, 27, 47, 54, 61)) << layout;
  }
}

TEST(MatmulReference, RoundsTheExactSumOnce) {
  Workbench bench("matmul m=1 n=1 k=3 a=f32");
  const float factors[] = {0x1p24f, 1, 1};
  for (std::int64_t k = 0; k < 3; ++k) {
    store(DataType::f32, bench.buffers[0].data(), k, factors[k]);
    store(DataType::f32, bench.buffers[1].data(), k, 1);
  }
  bench.fill_with_reference();
  EXPECT_EQ(bench.get(0), 0x1p24 + 2) << "an f32 sum from the left would stay at 2^24";
}

TEST(MatmulReference, AgreesWithIntegersAcrossBlocksAndBatches) {
  Workbench bench("matmul m=150 n=137 k=391 a=i8 layout=tt batch=2");
  compute_matmul(bench);
  const auto expected = bench.output();
  poison(DataType::i32, bench.output());
  bench.fill_with_reference();
  EXPECT_EQ(bench.output(), expected);
}

struct Square {
  Workbench bench{"matmul m=200 n=200 k=200 a=f32 layout=tn"};
  Square() { compute_matmul(bench); }
  std::vector<RowResidual> probe(std::uint64_t seed, int probes = 24) {
    const Residuals residuals =
        freivalds({DataType::f32, bench.buffers[0], 200, 200, true},
                  {DataType::f32, bench.buffers[1], 200, 200, false},
                  {DataType::f32, bench.output(), 200, 200, false},
                  {8 * std::sqrt(200.0) * 0x1p-24, 0x1p-24, 0}, 256, probes, seed);
    EXPECT_EQ(residuals.count, 1);
    return residuals.blocks;
  }
};

TEST(Freivalds, LeavesRightRowsFarBelowTheirBound) {
  Square square;
  for (const RowResidual& row : square.probe(1)) {
    EXPECT_LT(row.largest, 0.1);
    EXPECT_LE(row.mean, row.largest);
  }
}

TEST(Freivalds, PointsAtTheRowOfAWrongElement) {
  Square square;
  square.bench.set(123 * 200 + 45, square.bench.get(123 * 200 + 45) + 0.1);
  const auto rows = square.probe(1);
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i].largest > 1, i == 123) << i;
}

TEST(Freivalds, PointsAtTheBlockOfColumnsOfAWrongElement) {
  for (const bool by_squares : {false, true}) {
    Workbench bench("matmul m=40 n=700 k=300 a=f32 layout=nt dist=normal");
    compute_matmul(bench);
    bench.set(23 * 700 + 555, bench.get(23 * 700 + 555) + 0.5);
    const MatrixView a{DataType::f32, bench.buffers[0], 40, 300, false};
    const MatrixView b{DataType::f32, bench.buffers[1], 300, 700, true};
    const MatrixView c{DataType::f32, bench.output(), 40, 700, false};
    const double sums = (by_squares ? 1 : 8) * std::sqrt(300.0) * 0x1p-24;
    const Residuals found = freivalds(a, b, c, {sums, 0x1p-24, 0, by_squares}, 256, 16, 1);
    ASSERT_EQ(found.count, 3);
    for (std::size_t i = 0; i < found.blocks.size(); ++i) {
      EXPECT_EQ(found.blocks[i].largest > 1, i == 23 * 3 + 2) << i;
    }
  }
}

TEST(Freivalds, BoundsRowsBySquaresMoreClosely) {
  Workbench bench("matmul m=40 n=256 k=4096 a=f32 layout=nt dist=normal");
  compute_matmul(bench);
  const MatrixView a{DataType::f32, bench.buffers[0], 40, 4096, false};
  const MatrixView b{DataType::f32, bench.buffers[1], 4096, 256, true};
  const MatrixView c{DataType::f32, bench.output(), 40, 256, false};
  const auto largest = [&](bool by_squares) {
    return freivalds(a, b, c, {1e-6, 0, 0, by_squares}, 256, 16, 1).blocks[7].largest;
  };
  EXPECT_NEAR(largest(true) / largest(false), std::sqrt(4096.0), 2);
}

TEST(Freivalds, TakesWiderBlocksWhereAIsLarge) {
  EXPECT_EQ(probed_columns(2048, 2048, 2048), 512);
  EXPECT_EQ(probed_columns(8192, 8192, 8192), 512);
  EXPECT_GT(probed_columns(65536, 65536, 8192), 512);
  EXPECT_EQ(probed_columns(1, 100, 8192), 256);
}

TEST(Freivalds, IsTheSameForTheSameSeedAndDiffersForAnother) {
  Square square;
  const auto first = square.probe(5), again = square.probe(5), other = square.probe(6);
  bool differs = false;
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].largest, again[i].largest);
    differs |= first[i].largest != other[i].largest;
  }
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace assay::kernels::matmul_test
