#include "results/duel/duel.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>

namespace assay::results::duel {
namespace {

/// The course of a machine: the logarithm of the factor by which it slows the next measurement.
using Machine = std::function<double(std::mt19937_64&)>;

double normal(std::mt19937_64& engine) {
  return std::normal_distribution<>()(engine);
}

Machine independent(double spread) {
  return [=](std::mt19937_64& engine) { return spread * normal(engine); };
}
Machine correlated(double spread, double correlation) {
  return [=, state = 0.0](std::mt19937_64& engine) mutable {
    state = correlation * state + std::sqrt(1 - correlation * correlation) * normal(engine);
    return spread * state;
  };
}
/// Slower by `step` with each measurement, besides noise.
Machine drifting(double spread, double step) {
  return [=, level = 0.0](std::mt19937_64& engine) mutable {
    return (level += step) + spread * normal(engine);
  };
}
/// Every tenth process is slow, by a third.
Machine rarely_slow(double spread) {
  return [=](std::mt19937_64& engine) {
    return (engine() % 10 == 0 ? 0.3 : 0.0) + spread * normal(engine);
  };
}
/// Loaded for about twenty measurements at a time.
Machine bursts(double spread) {
  return [=, loaded = false](std::mt19937_64& engine) mutable {
    if (engine() % 20 == 0) loaded = !loaded;
    return (loaded ? 0.5 + 0.2 * normal(engine) : 0.0) + spread * normal(engine);
  };
}

struct World {
  double slower = 0;  ///< by how much B is slower, in logarithms of time
  double clock = 0;   ///< by how much the clock is lower while B runs, in logarithms
  bool clocks = false;
};

Round measured(const World& world, Machine& machine, std::mt19937_64& engine) {
  const Order order = random_order(engine);
  Round round;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool b = !is_a(order[i]);
    round[i].arm = order[i];
    round[i].seconds = std::exp(machine(engine) + (b ? world.slower : 0));
    if (world.clocks) round[i].clock_hz = 1e9 * std::exp(b ? -world.clock : 0.0);
  }
  return round;
}

Judgement fought(const World& world, Machine machine, std::uint64_t seed,
                 const DuelOptions& options = {}, std::size_t most_rounds = 100) {
  std::mt19937_64 engine(seed);
  Duel duel(options);
  while (!duel.finished() && duel.rounds().size() < most_rounds) {
    duel.add(measured(world, machine, engine));
  }
  return duel.judgement();
}

TEST(DuelOrder, HasFairCoinsForEveryPlace) {
  std::mt19937_64 engine(2);
  std::map<Order, int> counts;
  for (int i = 0; i < 16000; ++i) {
    const Order order = random_order(engine);
    EXPECT_NE(is_a(order[0]), is_a(order[1]));
    EXPECT_NE(is_a(order[2]), is_a(order[3]));
    ++counts[order];
  }
  EXPECT_EQ(counts.size(), 16u);
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, 1000, 160);
}

TEST(Duel, SaysInWhichDirectionBDiffers) {
  const Judgement slower = fought({.slower = std::log(1.03)}, independent(0.004), 1);
  EXPECT_EQ(slower.outcome, Outcome::slower);
  EXPECT_NEAR(slower.speed.value, 1 / 1.03, 0.003);
  EXPECT_LT(slower.speed.interval.upper, 1);
  EXPECT_LE(slower.control.interval.lower, 1);
  EXPECT_GE(slower.control.interval.upper, 1);
  EXPECT_EQ(fought({.slower = -std::log(1.03)}, independent(0.004), 1).outcome, Outcome::faster);
}

TEST(Duel, SaysThatADifferenceIsSmallerThanTheEffect) {
  const Judgement same = fought({}, independent(0.004), 3);
  EXPECT_EQ(same.outcome, Outcome::smaller);
  EXPECT_GT(same.speed.interval.lower, 1 / 1.02);
  EXPECT_LT(same.speed.interval.upper, 1.02);
  EXPECT_EQ(fought({.slower = 0.002}, independent(0.0005), 3).outcome, Outcome::smaller);
}

TEST(Duel, SaysHowManyMoreRoundsItNeeds) {
  const Judgement few = fought({}, independent(0.01), 4, {}, 3);
  EXPECT_EQ(few.outcome, Outcome::undecided);
  EXPECT_TRUE(std::isinf(few.speed.interval.upper));
  EXPECT_GE(few.more_rounds, 1u);
  EXPECT_LE(few.more_rounds, 3u);
  const Judgement noisy = fought({}, independent(0.1), 4, {}, 30);
  EXPECT_EQ(noisy.outcome, Outcome::undecided);
  EXPECT_GT(noisy.more_rounds, 20u);
}

TEST(Duel, DoesNotBelieveADifferenceWhereASideDiffersFromItself) {
  std::mt19937_64 engine(5);
  Machine machine = independent(0.001);
  Duel duel({});
  while (!duel.finished()) {
    Round round = measured({.slower = 0.05}, machine, engine);
    for (Timing& timing : round) {
      if (timing.arm == Arm::a_again || timing.arm == Arm::b_again) timing.seconds *= 1.03;
    }
    duel.add(round);
  }
  EXPECT_EQ(duel.judgement().outcome, Outcome::control);
}

TEST(Duel, CallsADifferenceThatOnlyTheClockMakesAmbiguous) {
  const DuelOptions options{.in_cycles = true};
  const World lower_clock{.slower = 0.05, .clock = 0.05, .clocks = true};
  EXPECT_EQ(fought(lower_clock, independent(0.002), 6, options).outcome, Outcome::clocks);
  const World same_clock{.slower = 0.05, .clock = 0, .clocks = true};
  const Judgement real = fought(same_clock, independent(0.002), 6, options);
  EXPECT_EQ(real.outcome, Outcome::slower);
  ASSERT_TRUE(real.cycles);
  EXPECT_LT(real.cycles->interval.upper, 1);
  // Two devices may differ in their clocks, and a device may tell none.
  EXPECT_EQ(fought(lower_clock, independent(0.002), 6).outcome, Outcome::slower);
  const Judgement silent = fought({.slower = 0.05}, independent(0.002), 6, options);
  EXPECT_EQ(silent.outcome, Outcome::slower);
  EXPECT_FALSE(silent.cycles);
}

TEST(Duel, AsksForMoreRoundsWhereClocksAreMissingForTheTestInCycles) {
  const World lower_clock{.slower = 0.05, .clock = 0.05, .clocks = true};
  std::mt19937_64 engine(6);
  Machine machine = independent(0.002);
  Duel duel({.in_cycles = true});
  for (int i = 0; i < 20; ++i) {
    Round round = measured(lower_clock, machine, engine);
    if (i > 1) round[3].clock_hz.reset();
    duel.add(round);
    // Each later round has one pair with clocks.
    if (i == 5) {
      EXPECT_EQ(duel.judgement().outcome, Outcome::undecided);
      EXPECT_LT(duel.judgement().speed.interval.upper, 1);
      EXPECT_GE(duel.judgement().more_rounds, 1u);
    }
  }
  EXPECT_EQ(duel.judgement().outcome, Outcome::clocks);
}

TEST(Duel, SaysThatRoundsDisagreeWhereTheRatioChanges) {
  std::mt19937_64 engine(7);
  Machine machine = independent(0.001);
  Duel duel({.effect = 0.001});
  for (int i = 0; i < 20; ++i) duel.add(measured({.slower = 0.05}, machine, engine));
  for (int i = 0; i < 60; ++i) duel.add(measured({.slower = -0.05}, machine, engine));
  EXPECT_EQ(duel.judgement().outcome, Outcome::unlike);
}

/// The machines of the tables in results/statistics/README.md.
const std::vector<std::pair<std::string, std::function<Machine()>>>& machines() {
  static const std::vector<std::pair<std::string, std::function<Machine()>>> all = {
      {"independent 0.5%", [] { return independent(0.005); }},
      {"independent 1%", [] { return independent(0.01); }},
      {"independent 4%", [] { return independent(0.04); }},
      {"correlation 0.9, 2%", [] { return correlated(0.02, 0.9); }},
      {"drift 0.2% a measurement, 1%", [] { return drifting(0.01, 0.002); }},
      {"every tenth slow by 35%, 1%", [] { return rarely_slow(0.01); }},
      {"bursts of load, 1%", [] { return bursts(0.01); }}};
  return all;
}

struct Score {
  int told = 0, smaller = 0, undecided = 0;
  double rounds = 0;
};

Score score(double slower, const std::function<Machine()>& machine, int duels) {
  Score out;
  for (int i = 0; i < duels; ++i) {
    const Judgement judgement =
        fought({.slower = slower}, machine(), 1000 + static_cast<std::uint64_t>(i));
    out.told += judgement.outcome == Outcome::slower || judgement.outcome == Outcome::faster;
    out.smaller += judgement.outcome == Outcome::smaller;
    out.undecided += judgement.outcome == Outcome::undecided;
    out.rounds += static_cast<double>(judgement.rounds) / duels;
  }
  return out;
}

int trials(int least) {
  const char* text = std::getenv("ASSAY_TRIALS");
  return text == nullptr ? least : std::atoi(text);
}

TEST(DuelErrors, EqualSidesDifferInAtMostOneOfAHundredDuels) {
  const int duels = trials(200);
  for (const auto& [title, machine] : machines()) {
    const Score same = score(0, machine, duels);
    fmt::print("{:30} told {:3} smaller {:3} undecided {:3} of {}, {:.1f} rounds\n", title,
               same.told, same.smaller, same.undecided, duels, same.rounds);
    EXPECT_LE(same.told, std::max(2, duels / 100)) << title;
  }
}

TEST(DuelErrors, RealDifferencesAreTold) {
  const int duels = trials(40);
  for (const double slower : {0.02, 0.05}) {
    for (const auto& [title, machine] : machines()) {
      const Score score_of = score(std::log1p(slower), machine, duels);
      fmt::print("{:.0f}% {:30} told {:3} smaller {:3} undecided {:3} of {}, {:.1f} rounds\n",
                 100 * slower, title, score_of.told, score_of.smaller, score_of.undecided, duels,
                 score_of.rounds);
      if (title != "independent 0.5%" && title != "independent 1%") continue;
      EXPECT_GE(score_of.told, duels * 9 / 10) << title;
    }
  }
}

}  // namespace
}  // namespace assay::results::duel
