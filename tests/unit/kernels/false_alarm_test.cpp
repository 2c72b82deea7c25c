// Checks must not raise false alarms: right outputs of random problems must pass, each computed in
// f32 in one of the ways of simulation.h. ASSAY_PROBLEMS sets how many, 1,000 unless set.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/unit/kernels/simulation.h"

namespace assay::kernels {
namespace {

const std::initializer_list<const char*> kAnyDistribution = {"uniform", "normal", "integer", "llm"};

Workbench random_matmul(Dice& dice) {
  const std::int64_t most = dice.between(0, 15) > 0 ? 24 : 160;
  const char* const types = dice.of({"a=f64", "a=f32", "a=tf32", "a=bf16", "a=bf16 c=bf16", "a=f16",
                                     "a=f16 c=f16", "a=f8e4m3", "a=f8e5m2", "a=f8e4m3 b=f8e5m2",
                                     "a=f8e4m3 c=f8e4m3", "a=f8e5m2 c=f8e5m2", "a=i8"});
  Workbench bench(fmt::format("matmul m={} n={} k={} {} layout={} batch={} dist={} seed={}",
                              dice.between(1, most), dice.between(1, most),
                              dice.between(1, dice.coin()   ? most
                                              : dice.coin() ? 200
                                                            : 1500),
                              types, dice.of({"nn", "nt", "tn", "tt"}), dice.between(1, 3),
                              dice.of(kAnyDistribution), dice.between(1, 1000000)));
  compute(bench, right_product(dice, bench.operands[0].type));
  return bench;
}

Workbench random_attention(Dice& dice) {
  const std::int64_t hkv = dice.between(1, 3), sq = dice.between(1, dice.coin() ? 4 : 30);
  const std::int64_t width = dice.coin() ? 64 : dice.between(1, 80);
  Workbench bench(fmt::format(
      "attention b={} hq={} hkv={} sq={} skv={} d={} dv={} type={} mask={} dist={} seed={}",
      dice.between(1, 2), hkv * dice.between(1, 3), hkv, sq,
      sq + dice.between(0, sq > 4 ? 40 : 200), width, dice.coin() ? width : dice.between(1, 40),
      dice.of({"f32", "bf16", "f16"}), dice.of({"none", "causal"}),
      dice.of({"uniform", "normal", "llm"}), dice.between(1, 1000000)));
  compute(bench, right_attention(dice, bench.output_type()));
  return bench;
}

/// Window, cap and sinks, each in some problems.
std::string served_fields(Dice& dice, std::int64_t skv) {
  std::string fields;
  if (dice.coin()) fields += fmt::format(" window={}", dice.between(1, skv));
  if (dice.coin()) fields += fmt::format(" softcap={}", dice.between(1, dice.coin() ? 60 : 1024));
  if (dice.coin()) fields += " sinks=learned";
  return fields;
}

Workbench random_served_attention(Dice& dice) {
  const std::int64_t hkv = dice.between(1, 3), sq = dice.between(1, dice.coin() ? 4 : 30);
  const std::int64_t width = dice.coin() ? 64 : dice.between(1, 80);
  const std::int64_t skv = sq + dice.between(0, sq > 4 ? 40 : 200);
  const std::string common = fmt::format(
      "b={} hq={} hkv={} sq={} skv={} d={} type={} dist={} seed={}{}", dice.between(1, 3),
      hkv * dice.between(1, 3), hkv, sq, skv, width, dice.of({"f32", "bf16", "f16"}),
      dice.of({"uniform", "normal", "llm"}), dice.between(1, 1000000), served_fields(dice, skv));
  Workbench bench(dice.coin()
                      ? fmt::format("attention mask=causal {}", common)
                      : fmt::format("paged_attention page={} lengths={} {}", dice.between(1, 40),
                                    dice.of({"even", "uneven"}), common));
  compute(bench, right_attention(dice, bench.output_type()));
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
  compute(bench, right_product(dice, bench.operands[0].type));
  return bench;
}

Workbench random_mla(Dice& dice) {
  const std::int64_t sq = dice.between(1, 3);
  Workbench bench(fmt::format(
      "mla_decode b={} hq={} sq={} skv={} latent={} rope={} qk={} type={} mask={} dist={} seed={}",
      dice.between(1, 2), dice.between(1, 8), sq, sq + dice.between(0, 200), dice.between(1, 80),
      dice.between(1, 20), dice.between(1, 100), dice.of({"f32", "bf16", "f16"}),
      dice.of({"none", "causal"}), dice.of({"uniform", "normal", "llm"}),
      dice.between(1, 1000000)));
  compute(bench, right_attention(dice, bench.output_type()));
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

Workbench random_read(Dice& dice) {
  Workbench bench(fmt::format("read n={} type={} dist={} seed={}", dice.between(1, 100000),
                              dice.of({"f64", "f32", "bf16", "f16"}), dice.of(kAnyDistribution),
                              dice.between(1, 1000000)));
  compute_read(bench, static_cast<std::size_t>(dice.between(1, 64)));
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
  const std::int64_t kind = dice.between(0, 10);
  if (kind < 4) return random_matmul(dice);
  if (kind == 4) return random_grouped_matmul(dice);
  if (kind < 7) return random_attention(dice);
  if (kind == 7) return random_mla(dice);
  if (kind == 8) return dice.coin() ? random_copy(dice) : random_triad(dice);
  if (kind == 10) return random_read(dice);
  return random_fma(dice);
}

/// Some elements, as many as are looked at between launches.
CheckOptions some_elements(Dice& dice, const Workbench& bench) {
  const std::int64_t size = bench.operands.back().elements();
  const std::int64_t first = dice.between(0, size - 1);
  return {.only = {{first, std::min(size, first + dice.between(1, 192))}}};
}

/// ASSAY_PROBLEMS, or `usual`.
int problems_wanted(int usual) {
  const char* const wanted = std::getenv("ASSAY_PROBLEMS");
  return wanted != nullptr ? std::stoi(wanted) : usual;
}

Dice first_dice() {
  const char* const seed = std::getenv("ASSAY_SEED");
  return {std::mt19937_64(seed != nullptr ? std::stoull(seed) : 20240229)};
}

TEST(FalseAlarms, AreNoneInServedAttention) {
  Dice dice = first_dice();
  for (int i = 0; i < problems_wanted(150); ++i) {
    Workbench bench = random_served_attention(dice);
    const Check check =
        bench.check({.seed = static_cast<std::uint64_t>(i), .full_flop = dice.coin() ? 0 : 2e9});
    ASSERT_EQ(check.outcome, Outcome::right)
        << bench.problem.text() << "\n  " << check.method << ": " << check.where;
    ASSERT_LE(check.worst, 1) << bench.problem.text();
    const Check some = bench.check(some_elements(dice, bench));
    ASSERT_EQ(some.outcome, Outcome::right)
        << bench.problem.text() << "\n  " << some.method << ": " << some.where;
    poison(bench.output_type(), bench.output());
    bench.fill_with_reference();
    ASSERT_EQ(bench.check().outcome, Outcome::right) << bench.problem.text();
  }
}

TEST(FalseAlarms, AreNoneInRandomProblems) {
  const int count = problems_wanted(1000);
  Dice dice = first_dice();
  int probed = 0;
  for (int i = 0; i < count; ++i) {
    const Workbench bench = random_bench(dice);
    const CheckOptions options{.seed = static_cast<std::uint64_t>(i),
                               .full_flop = dice.coin() ? 0 : 2e9};
    const Check check = bench.check(options);
    ASSERT_EQ(check.outcome, Outcome::right)
        << bench.problem.text() << "\n  " << check.method << ": " << check.where;
    ASSERT_LE(check.worst, 1) << bench.problem.text();
    probed += check.method.find("Freivalds") != std::string::npos;
    const Check some = bench.check(some_elements(dice, bench));
    ASSERT_EQ(some.outcome, Outcome::right)
        << bench.problem.text() << "\n  " << some.method << ": " << some.where;
  }
  EXPECT_GT(probed, count / 40) << "the random shapes no longer reach the probes";
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
