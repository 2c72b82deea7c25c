// Checks must not raise false alarms: right outputs of 1,000 random problems, each computed in f32
// in another order than the reference, must pass.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/kernels/workbench.h"

namespace assay::kernels {
namespace {

struct Dice {
  std::mt19937_64 source;

  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(source() % static_cast<std::uint64_t>(high - low + 1));
  }
  const char* of(std::initializer_list<const char*> names) {
    return names.begin()[between(0, static_cast<std::int64_t>(names.size()) - 1)];
  }
  bool coin() { return between(0, 1) == 1; }
};

const std::initializer_list<const char*> kAnyDistribution = {"uniform", "normal", "integer", "llm"};

Workbench random_matmul(Dice& dice) {
  const std::int64_t most = dice.coin() ? 24 : 200;
  const char* const types = dice.of({"a=f64", "a=f32", "a=tf32", "a=bf16", "a=bf16 c=bf16", "a=f16",
                                     "a=f16 c=f16", "a=f8e4m3", "a=f8e5m2", "a=f8e4m3 b=f8e5m2",
                                     "a=f8e4m3 c=f8e4m3", "a=f8e5m2 c=f8e5m2", "a=i8"});
  Workbench bench(fmt::format("matmul m={} n={} k={} {} layout={} batch={} dist={} seed={}",
                              dice.between(1, most), dice.between(1, most),
                              dice.between(1, dice.coin() ? most : 700), types,
                              dice.of({"nn", "nt", "tn", "tt"}), dice.between(1, 3),
                              dice.of(kAnyDistribution), dice.between(1, 1000000)));
  compute_matmul(bench);
  return bench;
}

Workbench random_attention(Dice& dice) {
  const std::int64_t hkv = dice.between(1, 3), sq = dice.between(1, dice.coin() ? 4 : 70);
  Workbench bench(fmt::format(
      "attention b={} hq={} hkv={} sq={} skv={} d={} dv={} type={} mask={} dist={} seed={}",
      dice.between(1, 2), hkv * dice.between(1, 3), hkv, sq, sq + dice.between(0, 200),
      dice.between(1, 80), dice.between(1, 40), dice.of({"f32", "bf16", "f16"}),
      dice.of({"none", "causal"}), dice.of({"uniform", "normal", "llm"}),
      dice.between(1, 1000000)));
  compute_attention(bench, {.round_weights = dice.coin()});
  return bench;
}

Workbench random_grouped_matmul(Dice& dice) {
  Workbench bench(fmt::format(
      "grouped_matmul tokens={} n={} k={} groups={} {} layout={} routing={} dist={} seed={}",
      dice.between(1, 150), dice.between(1, 60), dice.between(1, 200), dice.between(1, 20),
      dice.of({"a=f64", "a=f32", "a=tf32", "a=bf16", "a=bf16 c=bf16", "a=f16 c=f16", "a=f8e4m3",
               "a=i8"}),
      dice.of({"nn", "nt"}), dice.of({"balanced", "zipf", "one"}), dice.of(kAnyDistribution),
      dice.between(1, 1000000)));
  compute_grouped_matmul(bench);
  return bench;
}

Workbench random_mla(Dice& dice) {
  const std::int64_t sq = dice.between(1, 3);
  Workbench bench(fmt::format(
      "mla_decode b={} hq={} sq={} skv={} latent={} rope={} qk={} type={} mask={} dist={} seed={}",
      dice.between(1, 2), dice.between(1, 16), sq, sq + dice.between(0, 200), dice.between(1, 80),
      dice.between(1, 20), dice.between(1, 100), dice.of({"f32", "bf16", "f16"}),
      dice.of({"none", "causal"}), dice.of({"uniform", "normal", "llm"}),
      dice.between(1, 1000000)));
  compute_mla(bench, {.round_weights = dice.coin()});
  return bench;
}

Workbench random_copy(Dice& dice) {
  Workbench bench(
      fmt::format("copy n={} type={} dist={} seed={}", dice.between(1, 5000),
                  dice.of({"f64", "f32", "tf32", "bf16", "f16", "f8e4m3", "f8e5m2", "i8", "i32"}),
                  dice.of(kAnyDistribution), dice.between(1, 1000000)));
  compute_copy(bench);
  return bench;
}

Workbench random_triad(Dice& dice) {
  Workbench bench(fmt::format("triad n={} type={} dist={} seed={}", dice.between(1, 5000),
                              dice.of({"f64", "f32", "bf16", "f16"}), dice.of(kAnyDistribution),
                              dice.between(1, 1000000)));
  compute_triad(bench);
  return bench;
}

Workbench random_fma(Dice& dice) {
  Workbench bench(fmt::format(
      "fma n={} steps={} type={} dist={} seed={}", 64 * dice.between(1, 20), dice.between(1, 500),
      dice.of({"f64", "f32", "tf32", "bf16", "f16", "f8e4m3", "f8e5m2", "i8"}),
      dice.of(kAnyDistribution), dice.between(1, 1000000)));
  compute_fma(bench);
  return bench;
}

Workbench random_bench(Dice& dice) {
  const std::int64_t kind = dice.between(0, 9);
  if (kind < 4) return random_matmul(dice);
  if (kind == 4) return random_grouped_matmul(dice);
  if (kind < 7) return random_attention(dice);
  if (kind == 7) return random_mla(dice);
  if (kind == 8) return dice.coin() ? random_copy(dice) : random_triad(dice);
  return random_fma(dice);
}

TEST(FalseAlarms, AreNoneInAThousandRandomProblems) {
  Dice dice{std::mt19937_64(20240229)};
  int probed = 0;
  for (int i = 0; i < 1000; ++i) {
    const Workbench bench = random_bench(dice);
    const CheckOptions options{.seed = static_cast<std::uint64_t>(i),
                               .full_flop = dice.coin() ? 0 : 2e9};
    const Check check = bench.check(options);
    ASSERT_EQ(check.outcome, Outcome::right)
        << bench.problem.text() << "\n  " << check.method << ": " << check.where;
    ASSERT_LE(check.worst, 1) << bench.problem.text();
    probed += check.method.find("Freivalds") != std::string::npos;
  }
  EXPECT_GT(probed, 50) << "the random shapes no longer reach the probes";
}

TEST(FalseAlarms, AreNoneInTheReferencesThemselves) {
  Dice dice{std::mt19937_64(17)};
  for (int i = 0; i < 200; ++i) {
    Workbench bench = random_bench(dice);
    poison(bench.output_type(), bench.output());
    bench.fill_with_reference();
    const Check check = bench.check({.full_flop = dice.coin() ? 0 : 2e9});
    ASSERT_EQ(check.outcome, Outcome::right) << bench.problem.text() << ": " << check.where;
  }
}

}  // namespace
}  // namespace assay::kernels
