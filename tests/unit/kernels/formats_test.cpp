// Products of block-scaled operands: kernels with one fault in reading a format are found out, and
// right ones are not. ASSAY_PROBLEMS sets how many random problems of each pair of types, 25 unless
// set.
#include "tests/unit/kernels/formats.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ostream>

namespace assay::kernels::formats_test {
namespace {

using ::testing::HasSubstr;

struct Pair {
  const char *a, *b;
  friend void PrintTo(const Pair& pair, std::ostream* out) { *out << pair.a << " " << pair.b; }
};
constexpr Pair kPairs[] = {{"mxfp8e4m3", "mxfp8e4m3"},
                           {"mxfp8e5m2", "mxfp8e5m2"},
                           {"mxfp6e3m2", "mxfp6e3m2"},
                           {"mxfp6e2m3", "mxfp6e2m3"},
                           {"mxfp4", "mxfp4"},
                           {"nvfp4", "nvfp4"},
                           {"f8e4m3g128", "f8e4m3g128"},
                           {"mxfp8e4m3", "mxfp4"},
                           {"mxfp6e2m3", "mxfp8e5m2"},
                           {"bf16", "mxfp4"},
                           {"f16", "nvfp4"},
                           {"bf16", "i4g128"},
                           {"f16", "i4g128"}};

std::string pair_name(const testing::TestParamInfo<Pair>& one) {
  return fmt::format("{}_{}", one.param.a, one.param.b);
}

class Formats : public testing::TestWithParam<Pair> {
 protected:
  const DataType a = *data_type(GetParam().a), b = *data_type(GetParam().b);

  std::string types() const { return fmt::format("a={} b={}", name(a), name(b)); }
  std::int64_t block() const { return std::max(traits(a).block, traits(b).block); }
};
INSTANTIATE_TEST_SUITE_P(, Formats, testing::ValuesIn(kPairs), pair_name);

TEST_P(Formats, FindsEveryFaultInReadingThem) {
  for (const char* text : {"matmul m=16 n=24 batch=2 dist=uniform", "matmul m=16 n=24 dist=integer",
                           "grouped_matmul tokens=32 n=24 groups=3 dist=normal"}) {
    Workbench bench(fmt::format("{} k=384 {} layout=nt", text, types()));
    for (const FormatFault fault : kFormatFaults) {
      for (const bool in_a : {true, false}) {
        if (!is_block_scaled(in_a ? a : b)) continue;
        compute_scaled(bench, in_a ? fault : FormatFault::none, in_a ? FormatFault::none : fault,
                       false);
        for (const double full_flop : {1e12, 0.0}) {
          const Check check = bench.check({.full_flop = full_flop});
          EXPECT_EQ(check.outcome, Outcome::wrong)
              << bench.problem.text() << ": fault " << static_cast<int>(fault) << " in "
              << (in_a ? "a" : "b") << ", " << check.method << ", " << check.worst;
        }
      }
    }
  }
}

TEST_P(Formats, RaiseNoFalseAlarmInRandomProblems) {
  const char* const wanted = std::getenv("ASSAY_PROBLEMS");
  const int count = wanted != nullptr ? std::stoi(wanted) : 25;
  Dice dice{std::mt19937_64(static_cast<std::uint64_t>(a) * 64 + static_cast<std::uint64_t>(b))};
  for (int i = 0; i < count; ++i) {
    const bool grouped = dice.between(0, 3) == 0;
    const std::string extents =
        grouped ? fmt::format("grouped_matmul tokens={} groups={} routing={}", dice.between(1, 40),
                              dice.between(1, 6), dice.of({"balanced", "zipf", "one"}))
                : fmt::format("matmul m={} batch={}", dice.between(1, 24), dice.between(1, 2));
    Workbench bench(fmt::format(
        "{} n={} k={} {} c={} layout=nt dist={} seed={}", extents, dice.between(1, 24),
        block() * dice.between(1, block() > 32 ? 4 : 12), types(),
        is_block_scaled(a) ? dice.of({"f32", "bf16", "f16"}) : dice.of({"f32", GetParam().a}),
        dice.of({"uniform", "normal", "integer", "llm"}), dice.between(1, 1000000)));
    if (dice.coin()) {
      compute_scaled(bench, FormatFault::none, FormatFault::none, dice.coin());
    } else {
      compute(bench, right_product(dice, a));
    }
    const CheckOptions options{.seed = static_cast<std::uint64_t>(i),
                               .full_flop = dice.coin() ? 0 : 2e9};
    const Check check = bench.check(options);
    ASSERT_EQ(check.outcome, Outcome::right)
        << bench.problem.text() << "\n  " << check.method << ": " << check.where;
    ASSERT_LE(check.worst, 1) << bench.problem.text();
  }
}

TEST_P(Formats, HaveAReferenceThatPassesItsOwnCheck) {
  for (const char* text : {"matmul m=35 n=70 batch=2 dist=integer",
                           "grouped_matmul tokens=45 n=70 groups=5 dist=llm"}) {
    Workbench bench(fmt::format("{} k=384 {} layout=nt", text, types()));
    bench.fill_with_reference();
    for (const double full_flop : {1e12, 0.0}) {
      const Check check = bench.check({.full_flop = full_flop});
      EXPECT_EQ(check.outcome, Outcome::right) << check.method << ": " << check.where;
    }
  }
}

TEST_P(Formats, MultiplyByHand) {
  // Every block of row i has the scale 2^i: of f4 to i4 all hold 1.
  Workbench bench(fmt::format("matmul m=3 n=2 k=256 {}", types()));
  for (std::size_t operand : {0U, 1U}) {
    const DataType type = bench.operands[operand].type;
    for (std::int64_t i = 0; i < bench.operands[operand].elements(); ++i) {
      const double size = std::ldexp(1.0, static_cast<int>(i / 256));
      if (is_block_scaled(type) && i % traits(type).block == 0) {
        store_scale(type, bench.buffers[operand], i / traits(type).block, size);
      }
      store(type, std::span(bench.buffers[operand]), i, size);
    }
  }
  bench.fill_with_reference();
  EXPECT_THAT(bench.numbers<double>(2), testing::ElementsAre(256, 512, 512, 1024, 1024, 2048));
}

TEST(NarrowWeights, AreNamedWhereAKernelRoundsThem) {
  // A kernel that decodes 4-bit weights to bf16 rounds their product with the scale.
  Workbench bench("matmul m=64 n=64 k=512 a=bf16 b=i4g128 dist=normal");
  compute(bench, ProductKernel{.round = round_input<DataType::bf16>});
  const Check check = bench.check();
  EXPECT_EQ(check.outcome, Outcome::wrong) << check.worst;
  EXPECT_THAT(check.where, HasSubstr("agrees with bf16 inputs"));
}

}  // namespace
}  // namespace assay::kernels::formats_test
